using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Losses;

/// <summary>Squared distance of the scores from the one-hot answer, mean over rows and classes (Gromov 2023).</summary>
public sealed record SquaredError : Loss
{
    /// <inheritdoc/>
    public override Value Of(Value logits, Value target)
    {
        var difference = logits - target.OneHot(logits.Shape[1]);
        return (difference * difference).Mean();
    }

    /// <inheritdoc/>
    public override double OfRow(ReadOnlySpan<float> logits, int target)
    {
        var sum = 0.0;
        for (var i = 0; i < logits.Length; i++)
        {
            var difference = logits[i] - (i == target ? 1.0 : 0.0);
            sum += difference * difference;
        }
        return sum / logits.Length;
    }
}
