namespace GrokPipeline.Evaluation.Shifts;

/// <summary>A distance between two histograms, and what chance does.</summary>
/// <param name="Value">The distance.</param>
/// <param name="Expected">Its mean over random relabellings of the pooled rows; NaN without any.</param>
/// <param name="PValue">Share of relabellings with as large a distance, the rows themselves counted; NaN without any.</param>
internal readonly record struct CountTestResult(double Value, double Expected, double PValue);

/// <summary>
/// Distances between counts are above 0 for two samples of one distribution too, the more so the fewer rows there are: a distance says
/// something only beside what relabelled rows give.
/// </summary>
internal static class CountTest
{
    private const double Rounding = 1e-12;

    /// <summary>Tests distances of some rows from others.</summary>
    /// <param name="p">The value of each row, from 0; at least one row.</param>
    /// <param name="q">The value of each row of the others.</param>
    /// <param name="values">How many values there are.</param>
    /// <param name="permutations">How many relabellings; 0 for none.</param>
    /// <param name="seed">Of the relabellings.</param>
    /// <param name="distances">Functions of the counts of <paramref name="p"/> and of <paramref name="q"/>.</param>
    /// <returns>One result for each distance.</returns>
    public static CountTestResult[] Of(
        ReadOnlySpan<long> p, ReadOnlySpan<long> q, int values, int permutations, Seed seed,
        params ReadOnlySpan<Func<long[], long[], double>> distances)
    {
        var (ofP, ofQ) = (Counts(p, values), Counts(q, values));
        var found = new double[distances.Length];
        for (var k = 0; k < found.Length; k++) { found[k] = distances[k](ofP, ofQ); }
        if (permutations == 0) { return Array.ConvertAll(found, value => new CountTestResult(value, double.NaN, double.NaN)); }
        var (sums, asLarge, draws) = (new double[found.Length], new int[found.Length], seed.Stream());
        long[] pooled = [.. p, .. q], all = [.. ofP.Zip(ofQ, (a, b) => a + b)];
        for (var i = 0; i < permutations; i++)
        {
            draws.Shuffle(pooled.AsSpan());
            ofP = Counts(pooled.AsSpan(0, p.Length), values);
            ofQ = [.. all.Zip(ofP, (a, b) => a - b)];
            for (var k = 0; k < found.Length; k++)
            {
                var value = distances[k](ofP, ofQ);
                sums[k] += value;
                if (value >= found[k] - Rounding) { asLarge[k]++; }
            }
        }
        return [.. found.Select((value, k) => new CountTestResult(value, sums[k] / permutations, (asLarge[k] + 1) / (permutations + 1.0)))];
    }

    private static long[] Counts(ReadOnlySpan<long> rows, int values)
    {
        var counts = new long[values];
        foreach (var value in rows) { counts[value]++; }
        return counts;
    }
}
