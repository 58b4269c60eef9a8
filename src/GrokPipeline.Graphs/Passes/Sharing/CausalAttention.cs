using System.Collections.Immutable;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Graphs.Passes.Sharing;

/// <summary>
/// softmax(scale·Q·Kᵀ + mask)·V as it is found in a graph: Q, V [rows, heads, positions, width], Kᵀ [rows, heads, width, positions]. A
/// position whose score the mask lowers by <see cref="Hidden"/> or more has exactly no weight, and is not computed.
/// </summary>
internal sealed class CausalAttention
{
    // e^(−5e8) is 0 in single and in double precision.
    private const float Hidden = -5e8f;

    private readonly List<Value> _steps = [];
    private Tensor? _mask;

    private CausalAttention(Value product) => Values = product.Inputs[1];

    /// <summary>Q.</summary>
    public Value Queries { get; private set; } = null!;                              // set before anyone sees it

    /// <summary>Kᵀ.</summary>
    public Value Keys { get; private set; } = null!;                                 // as above

    /// <summary>V.</summary>
    public Value Values { get; }

    /// <summary>The pattern that ends in a product, or null.</summary>
    public static CausalAttention? At(Value product)
    {
        if (product.Op is not MatMul || product.Inputs[0].Op is not Softmax) { return null; }
        var found = new CausalAttention(product);
        var step = product.Inputs[0].Inputs[0];
        while (step.Op is Elementwise2<Mul> or Elementwise2<Div> or Elementwise2<Add>)
        {
            if (!found.Takes(step, out var scores)) { return null; }
            step = scores;
        }
        if (step.Op is not MatMul || step.Shape.Rank != 4) { return null; }
        (found.Queries, found.Keys) = (step.Inputs[0], step.Inputs[1]);
        return found;
    }

    /// <summary>The positions that a query sees, ascending.</summary>
    public ImmutableArray<int> Seen(int query, int positions) =>
        [.. Enumerable.Range(0, positions).Where(key => _mask is null || MaskAt(query, key, positions) > Hidden)];

    /// <summary>Softmax of the steps between product and softmax, for one query.</summary>
    /// <param name="scores">[rows, heads, 1, seen].</param>
    /// <param name="query">Its position.</param>
    /// <param name="seen">The positions that it sees.</param>
    /// <param name="positions">How many there are.</param>
    public Value Pattern(Value scores, int query, ImmutableArray<int> seen, int positions)
    {
        foreach (var step in _steps.AsEnumerable().Reverse())
        {
            if (step.Op is not Elementwise2<Add>)
            {
                scores = IsNumber(step.Inputs[1]) ? Value.Of(step.Op!, scores, step.Inputs[1]) : Value.Of(step.Op!, step.Inputs[0], scores);
                continue;
            }
            float[] lowered = [.. seen.Select(key => MaskAt(query, key, positions))];
            if (lowered.Any(number => number != 0)) { scores += Value.Constant(Tensor.Of<float>([lowered.Length], lowered)); }
        }
        return scores.Softmax();
    }

    // A scale, or the one mask.
    private bool Takes(Value step, out Value scores)
    {
        scores = step.Inputs[0];
        var other = step.Inputs[1];
        if (IsNumber(scores) || scores.Op is Constant) { (scores, other) = (other, scores); }
        _steps.Add(step);
        if (step.Op is not Elementwise2<Add>) { return IsNumber(other) && (step.Op is Elementwise2<Mul> || other == step.Inputs[1]); }
        // A factor after the mask would change what the mask hides.
        if (_steps.Count > 1 || other.Op is not Constant { Content: { } mask }) { return false; }
        _mask = mask;
        return mask.Type.Element == ElementType.Float32 && mask.Shape.Rank >= 2 && mask.Shape.Count == mask.Shape[-1] * mask.Shape[-2]
            && mask.Shape[-1] == scores.Shape[-1] && mask.Shape[-2] == scores.Shape[-2];
    }

    // Read only where there is a mask.
    private float MaskAt(int query, int key, int positions) => _mask!.AsSpan<float>()[(query * positions) + key];

    private static bool IsNumber(Value value) => value.Op is Fill && value.Shape.Count == 1;
}
