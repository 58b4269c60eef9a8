using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Graphs;

/// <summary>Values between zeros along an axis: what the gradient of a slice is.</summary>
internal static class Padded
{
    /// <summary>The sum of two such values when one has zeros where the other has none; null when they are something else.</summary>
    public static Value? Together(Value a, Value b)
    {
        if (a.Op is not Concat first || b.Op is not Concat second || first != second || !HasZeros(a) || !HasZeros(b)) { return null; }
        var axis = first.Axis;
        var pieces = Pieces(a, axis).Concat(Pieces(b, axis)).OrderBy(piece => piece.Start).ToArray();
        if (pieces.Length == 0) { return a; }                                          // zeros alone
        var (parts, end) = (new List<Value>(), 0);
        foreach (var (start, value) in pieces)
        {
            if (start < end) { return null; }
            if (start > end) { parts.Add(Zeros(value, axis, start - end)); }
            parts.Add(value);
            end = start + value.Shape[axis];
        }
        if (end < a.Shape[axis]) { parts.Add(Zeros(parts[^1], axis, a.Shape[axis] - end)); }
        return Value.Concat(axis, [.. parts]);
    }

    private static IEnumerable<(int Start, Value Value)> Pieces(Value concat, int axis)
    {
        var start = 0;
        foreach (var piece in concat.Inputs)
        {
            if (!IsZero(piece)) { yield return (start, piece); }
            start += piece.Shape[axis];
        }
    }

    private static bool HasZeros(Value concat) => concat.Inputs.Any(IsZero);

    private static bool IsZero(Value value) => value.Op is Fill { Number: 0 };

    private static Value Zeros(Value like, int axis, int extent) =>
        Value.Of(new Fill(0, new(like.Type.Element, like.Shape.With(axis, extent))));
}
