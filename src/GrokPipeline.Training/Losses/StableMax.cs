using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Losses;

/// <summary>
/// Cross-entropy with StableMax in place of softmax (Prieto et al. 2025): <c>−log(s(z_t) / Σ s(z_k))</c> with <c>s(x) = x + 1</c> from 0 on
/// and <c>1/(1 − x)</c> below, mean over rows. It grows with no exponential, so that float32 never loses a gap between scores.
/// </summary>
public sealed record StableMax : Loss
{
    /// <inheritdoc/>
    public override Value Of(Value logits, Value target)
    {
        var (rows, classes) = (logits.Shape[0], logits.Shape[1]);
        // Both branches in one formula: dividing in a branch that is not taken would make a gradient of NaN at x = 1.
        var above = logits.Relu();
        var weight = above + (1 - (logits - above)).Reciprocal();
        var right = (weight * target.OneHot(classes)).Sum([-1]);
        return (weight.Sum([-1]) / right).Log().Sum() * (1.0 / rows);
    }

    /// <inheritdoc/>
    public override double OfRow(ReadOnlySpan<float> logits, int target)
    {
        var sum = 0.0;
        foreach (var x in logits) { sum += Weight(x); }
        return PortableMath.Log(sum / Weight(logits[target]));
    }

    private static double Weight(double x) => x >= 0 ? x + 1 : 1 / (1 - x);
}
