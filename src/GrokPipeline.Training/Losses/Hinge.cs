using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Losses;

/// <summary>
/// The multi-class hinge of Crammer and Singer (2001), <c>max(0, 1 + max over k ≠ t of z_k − z_t)</c>, mean over rows. Of two classes it
/// is <c>max(0, 1 − y·f)</c> with <c>f = z₁ − z₀</c> and <c>y</c> in ±1, as in Merrill et al. (2023), whose network has the one output f.
/// </summary>
public sealed record Hinge : Loss
{
    /// <inheritdoc/>
    public override Value Of(Value logits, Value target)
    {
        var (rows, classes) = (logits.Shape[0], logits.Shape[1]);
        var right = target.OneHot(classes);
        var score = (logits * right).Sum([-1], keep: true);
        // What each class lacks to stay one behind the right one; for that one itself 0, so that the largest is never below 0.
        var excess = logits - score + (1 - right);
        return (excess * excess.ArgMax().OneHot(classes)).Sum() * (1.0 / rows);
    }

    /// <inheritdoc/>
    public override double OfRow(ReadOnlySpan<float> logits, int target)
    {
        var largest = 0.0;
        for (var i = 0; i < logits.Length; i++)
        {
            if (i != target) { largest = Math.Max(largest, 1 + (double)logits[i] - logits[target]); }
        }
        return largest;
    }
}
