using GrokPipeline.Training.Losses;

namespace GrokPipeline.Probes;

/// <summary>Loss and accuracy of rows of logits, one after the other in float64.</summary>
internal static class ScoredRows
{
    /// <summary>The loss of a row, and whether the first of its largest scores is the class; a row with NaN is wrong.</summary>
    public static (double Loss, bool Right) Of(Loss loss, ReadOnlySpan<float> logits, int target)
    {
        var best = 0;
        for (var c = 1; c < logits.Length; c++)
        {
            if (!(logits[c] <= logits[best])) { best = c; }
        }
        return (loss.OfRow(logits, target), best == target && !float.IsNaN(logits[target]));
    }

    /// <summary>The means over rows.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="logits">Shape [rows, classes]; rows beyond the targets are left out.</param>
    /// <param name="targets">A class per row, at least one row.</param>
    /// <param name="classes">Width of a row.</param>
    public static (double Loss, double Accuracy) Mean(Loss loss, ReadOnlySpan<float> logits, ReadOnlySpan<int> targets, int classes)
    {
        var (sum, right) = (0.0, 0);
        for (var row = 0; row < targets.Length; row++)
        {
            var (value, correct) = Of(loss, logits.Slice(row * classes, classes), targets[row]);
            sum += value;
            right += correct ? 1 : 0;
        }
        return (sum / targets.Length, (double)right / targets.Length);
    }
}
