using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Losses;

/// <summary>
/// Squared distance of the scores from the one-hot answer (Gromov 2023) or from real targets, mean over rows and classes or outputs.
/// </summary>
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

    /// <inheritdoc/>
    public override bool TakesReal => true;

    /// <inheritdoc/>
    public override Value OfReal(Value outputs, Value target)
    {
        var difference = outputs - target;
        return (difference * difference).Mean();
    }

    /// <inheritdoc/>
    public override double OfRealRow(ReadOnlySpan<float> outputs, ReadOnlySpan<float> target) => Of(outputs, target);

    /// <summary>The squared error of one row in double precision, mean over its outputs.</summary>
    /// <param name="outputs">The row's outputs.</param>
    /// <param name="target">Its targets, as many.</param>
    internal static double Of(ReadOnlySpan<float> outputs, ReadOnlySpan<float> target)
    {
        var sum = 0.0;
        for (var i = 0; i < outputs.Length; i++)
        {
            var difference = (double)outputs[i] - target[i];
            sum += difference * difference;
        }
        return sum / outputs.Length;
    }
}
