namespace GrokPipeline.Evaluation.Statistics;

/// <summary>Spearman's rank correlation (1904): that of mid-ranks, so that ties count as equal and infinities come last.</summary>
public static class Spearman
{
    /// <summary>The correlation.</summary>
    /// <param name="x">One number per pair; not NaN.</param>
    /// <param name="y">As many numbers; not NaN.</param>
    /// <returns>In [−1, 1]; NaN when all of one side are equal or there are fewer than two pairs.</returns>
    public static double Of(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => Correlation(Ranks(x), Ranks(y));

    /// <summary>
    /// The correlation with a percentile bootstrap over pairs, and the two-sided p-value of a permutation test: the share of orders of
    /// <paramref name="y"/> with as large a magnitude, the one that was found counted.
    /// </summary>
    /// <param name="x">One number per pair; not NaN.</param>
    /// <param name="y">As many numbers; not NaN.</param>
    /// <param name="draws">Permutations and resamples, at least 1.</param>
    /// <param name="level">Coverage in (0, 1).</param>
    /// <param name="seed">Of both.</param>
    public static (Interval Value, double PValue) Test(double[] x, double[] y, int draws, double level, Seed seed)
    {
        var value = Of(x, y);
        if (double.IsNaN(value)) { return (new(value, double.NaN, double.NaN), double.NaN); }
        var (ranks, order, stream, asLarge) = (Ranks(x), Ranks(y), seed.Derive("permutation").Stream(), 1);
        for (var i = 0; i < draws; i++)
        {
            stream.Shuffle(order.AsSpan());
            // A correlation that is the same up to rounding counts.
            if (Math.Abs(Correlation(ranks, order)) >= Math.Abs(value) - 1e-12) { asLarge++; }
        }
        var values = new List<double>();
        var resamples = seed.Derive("bootstrap").Stream();
        var (a, b) = (new double[x.Length], new double[x.Length]);
        for (var i = 0; i < draws; i++)
        {
            for (var k = 0; k < a.Length; k++)
            {
                var row = resamples.NextBelow(a.Length);
                (a[k], b[k]) = (x[row], y[row]);
            }
            if (Of(a, b) is var found && !double.IsNaN(found)) { values.Add(found); }
        }
        values.Sort();
        var sorted = values.ToArray();
        return sorted.Length == 0
            ? (new(value, double.NaN, double.NaN), asLarge / (draws + 1.0))
            : (new(value, Quantiles.Of(sorted, (1 - level) / 2), Quantiles.Of(sorted, (1 + level) / 2)), asLarge / (draws + 1.0));
    }

    /// <summary>Ranks from 1; equal numbers share the mean of their ranks.</summary>
    internal static double[] Ranks(ReadOnlySpan<double> values)
    {
        var (sorted, order) = (values.ToArray(), new int[values.Length]);
        for (var i = 0; i < order.Length; i++) { order[i] = i; }
        Array.Sort(sorted, order);
        var ranks = new double[order.Length];
        for (var i = 0; i < order.Length;)
        {
            var end = i;
            while (end < order.Length && sorted[end] == sorted[i]) { end++; }
            for (var k = i; k < end; k++) { ranks[order[k]] = (i + 1 + end) / 2.0; }
            i = end;
        }
        return ranks;
    }

    private static double Correlation(double[] a, double[] b)
    {
        var mean = (a.Length + 1) / 2.0;                                    // of any ranks, mid-ranks included
        var (product, ofA, ofB) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            product += (a[i] - mean) * (b[i] - mean);
            ofA += (a[i] - mean) * (a[i] - mean);
            ofB += (b[i] - mean) * (b[i] - mean);
        }
        return ofA == 0 || ofB == 0 ? double.NaN : product / Math.Sqrt(ofA * ofB);
    }
}
