using System.Collections.Frozen;

namespace GrokPipeline.Evaluation;

/// <summary>A number computed from the predictions of some rows.</summary>
/// <param name="Name">The name used in a pipeline file.</param>
/// <param name="Compute">From predictions, row indices (repeats allowed) and options.</param>
/// <param name="IsRate">True for a share of rows, whose interval is Wilson's.</param>
public sealed record Metric(string Name, Func<Predictions, int[], EvaluationOptions, double> Compute, bool IsRate = false)
{
    /// <summary>All metrics by name.</summary>
    public static FrozenDictionary<string, Metric> All { get; } = new Metric[]
    {
        new("accuracy", (p, rows, _) => (double)Correct(p, rows) / rows.Length, IsRate: true),
        new("loss", (p, rows, _) => Mean(p.Loss, rows)),
        new("brier", (p, rows, _) => Mean(p.SquaredError, rows)),
        new("ece", (p, rows, options) => CalibrationError(p, rows, options.EceBins)),
    }.ToFrozenDictionary(metric => metric.Name, StringComparer.Ordinal);

    /// <summary>How many of the rows were predicted right.</summary>
    public static long Correct(Predictions predictions, int[] rows)
    {
        long correct = 0;
        foreach (var row in rows)
        {
            if (predictions.Predicted[row] == predictions.Targets[row]) { correct++; }
        }
        return correct;
    }

    /// <summary>
    /// Expected calibration error over bins of equal width on the largest probability (Guo, Pleiss, Sun, Weinberger 2017, equation 3):
    /// Σ over bins of share·|accuracy − confidence|. In [0, 1]; NaN when a prediction is.
    /// </summary>
    public static double CalibrationError(Predictions predictions, int[] rows, int bins)
    {
        Span<double> gap = stackalloc double[bins];           // Σ (correct − confidence) of a bin; its mean times the bin's share is that over all rows
        gap.Clear();
        foreach (var row in rows)
        {
            var confidence = predictions.Confidence[row];
            if (double.IsNaN(confidence)) { return double.NaN; }
            var bin = Math.Clamp((int)Math.Ceiling(confidence * bins) - 1, 0, bins - 1);
            gap[bin] += (predictions.Predicted[row] == predictions.Targets[row] ? 1 : 0) - confidence;
        }
        double sum = 0;
        foreach (var difference in gap) { sum += Math.Abs(difference); }
        return sum / rows.Length;
    }

    private static double Mean(double[] perRow, int[] rows)
    {
        double sum = 0;
        foreach (var row in rows) { sum += perRow[row]; }
        return sum / rows.Length;
    }
}
