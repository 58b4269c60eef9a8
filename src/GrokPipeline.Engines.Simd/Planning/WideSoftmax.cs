using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Engines.Simd.Planning;

/// <summary>
/// The one thing that this engine computes in doubles: <c>log softmax</c> of floats, cast to Float64 before and to Float32 behind, and
/// its gradient <c>dy − softmax x · Σ dy</c>, cast likewise.
/// </summary>
internal static class WideSoftmax
{
    /// <summary>The scores x when a value is <c>float(log softmax(double x))</c>; else null.</summary>
    public static Value? Scores(Value value) =>
        value.Op is Cast { To: ElementType.Float32 } && value.Inputs[0].Op is LogSoftmax ? Widened(value.Inputs[0].Inputs[0]) : null;

    /// <summary>Scores x and cotangent dy when a value is that gradient; else null.</summary>
    public static (Value Scores, Value Cotangent)? Gradient(Value value)
    {
        if (value.Op is not Cast { To: ElementType.Float32 } || value.Inputs[0].Op is not Elementwise2<Sub>) { return null; }
        var (flow, product) = (value.Inputs[0].Inputs[0], value.Inputs[0].Inputs[1]);
        if (product.Op is not Elementwise2<Mul> || product.Inputs[0].Op is not Elementwise<Exp>) { return null; }
        var (logarithms, sum) = (product.Inputs[0].Inputs[0], product.Inputs[1]);
        var last = flow.Shape.Rank - 1;
        var sums = sum.Op is ReduceSum { KeepAxes: true } op && op.Axes.Count == 1 && op.Axes[0] == last && sum.Inputs[0] == flow;
        return sums && logarithms.Op is LogSoftmax && logarithms.Shape == flow.Shape && Widened(logarithms.Inputs[0]) is { } scores
            && Widened(flow) is { } cotangent ? (scores, cotangent) : null;
    }

    // The floats that a value in doubles was cast from.
    private static Value? Widened(Value value) =>
        value.Op is Cast && value.Inputs[0].Type.Element == ElementType.Float32 ? value.Inputs[0] : null;
}
