namespace GrokPipeline.Evaluation.Statistics;

/// <summary>Quantiles of sorted numbers.</summary>
internal static class Quantiles
{
    /// <summary>Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996, the default of R and NumPy).</summary>
    /// <param name="sorted">Ascending; at least one.</param>
    /// <param name="q">In [0, 1].</param>
    public static double Of(ReadOnlySpan<double> sorted, double q)
    {
        var at = q * (sorted.Length - 1);
        var below = (int)Math.Floor(at);
        var above = Math.Min(below + 1, sorted.Length - 1);
        if (sorted[below] == sorted[above]) { return sorted[below]; }           // two infinities have no difference
        return sorted[below] + ((at - below) * (sorted[above] - sorted[below]));
    }
}
