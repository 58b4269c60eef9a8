using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Losses;

/// <summary>
/// Cross-entropy in nats, <c>−log softmax(z)ₜ</c>, mean over rows. In float32 it is exactly 0 once the right score leads by about 17
/// nats, and its gradient with it (Prieto et al. 2025 call this softmax collapse); the logged value is computed in float64.
/// </summary>
/// <param name="Precision">In what training computes it.</param>
public sealed record CrossEntropy(LossPrecision Precision = LossPrecision.Float32) : Loss
{
    /// <inheritdoc/>
    public override Value Of(Value logits, Value target)
    {
        var (rows, classes) = (logits.Shape[0], logits.Shape[1]);
        var logarithms = Precision == LossPrecision.Float64
            ? logits.Cast(ElementType.Float64).LogSoftmax().Cast(ElementType.Float32) : logits.LogSoftmax();
        return (logarithms * target.OneHot(classes)).Sum() * (-1.0 / rows);
    }

    /// <inheritdoc/>
    public override double OfRow(ReadOnlySpan<float> logits, int target) => LogSumExp.Above(logits, logits[target]);
}
