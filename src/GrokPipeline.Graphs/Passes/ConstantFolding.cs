using System.Collections.Immutable;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Graphs.Passes;

/// <summary>Computes now, in float32 and by the reference's meaning, what depends on constants alone.</summary>
public static class ConstantFolding
{
    /// <summary>Elements of the largest tensor that is looked at or made; larger ones would only make the graph larger.</summary>
    public const int LargestCount = 1 << 14;

    /// <summary>The graph with constants in the place of what is known.</summary>
    public static Graph Apply(Graph graph) => Rewriting.Apply(graph, Fold);

    /// <summary>A value on new inputs: a constant where these are, else the operator on them.</summary>
    internal static Value Fold(Value value, ImmutableArray<Value> inputs)
    {
        if (Uniform(value, inputs) is { } uniform) { return value.Name is null ? uniform : uniform.Named(value.Name); }
        var folds = inputs.Length > 0 && value.Shape.Count <= LargestCount && !IsDouble(value) && !inputs.Any(IsDouble)
            && inputs.All(input => input.Op is Constant or Ops.Fill && input.Shape.Count <= LargestCount);
        if (!folds) { return Rewriting.OnInputs(value, inputs); }
        Tensor content;
        try
        {
            var known = inputs.Select(input => Arrays.Evaluate(input.Op!, input.Type, [])).ToArray();
            content = Arrays.Evaluate(value.Op!, value.Type, known);
        }
        catch (GrokException)
        {
            return Rewriting.OnInputs(value, inputs);         // an index out of range is an error of the run, not of the pass
        }
        var constant = Value.Of(Smallest(content));
        return value.Name is null ? constant : constant.Named(value.Name);
    }

    // What only moves one number, or combines single numbers element by element, gives one number: of any size, for it takes no memory.
    private static Value? Uniform(Value value, ImmutableArray<Value> inputs)
    {
        var alike = inputs.Length == 1 && value.Op is Reshape or Expand or Transpose or Slice;
        var combined = value.Shape.Rank > 0 && inputs.Length > 0 && IsElementwise(value.Op!);
        if (!(alike || combined) || !inputs.All(input => input.Op is Ops.Fill)) { return null; }
        if (alike) { return Value.Of(new Fill(((Fill)inputs[0].Op!).Number, value.Type)); }
        var scalar = Value.Of(value.Op!, [.. inputs.Select(input => Value.Of(((Fill)input.Op!) with { Type = new(input.Type.Element, []) }))]);
        return Fold(scalar, scalar.Inputs) is { Op: Fill number } ? Value.Of(number with { Type = value.Type }) : null;
    }

    /// <summary>True for a function of one element of each input.</summary>
    internal static bool IsElementwise(Op op)
    {
        var type = op.GetType();
        if (!type.IsGenericType) { return op is Where or Cast; }
        var family = type.GetGenericTypeDefinition();
        return family == typeof(Elementwise<>) || family == typeof(Elementwise2<>) || family == typeof(Compare<>);
    }

    // What is asked for in double precision is not computed in single precision.
    private static bool IsDouble(Value value) => value.Type.Element == ElementType.Float64;

    // One number everywhere is a fill.
    private static Op Smallest(Tensor content)
    {
        var size = content.Type.Element.SizeInBytes();
        for (var i = size; i < content.Bytes.Length; i++)
        {
            if (content.Bytes[i] != content.Bytes[i - size]) { return new Constant(content); }
        }
        double? number = content.Type.Element switch
        {
            ElementType.Float32 => content.AsSpan<float>()[0],
            ElementType.Bool => content.AsSpan<bool>()[0] ? 1 : 0,
            // A double holds integers up to 2^53 only.
            _ => Math.Abs(content.AsSpan<long>()[0]) < 1L << 53 ? content.AsSpan<long>()[0] : null,
        };
        return number is { } same ? new Fill(same, content.Type) : new Constant(content);
    }
}
