using GrokPipeline.Evaluation.Statistics;

namespace GrokPipeline.Evaluation.Scores;

/// <summary>
/// Sums over blocks of rows, from which a bootstrap can be made without the rows. Row r belongs to block r mod 4093. Up to 4093 rows
/// each block is one row, and the bootstrap is Efron's; beyond, blocks of equal size are drawn (random groups: Wolter 2007, chapter 2),
/// which gives the same interval up to about 1 % of its width. The number is prime, so that no period in the order of rows meets it.
/// </summary>
/// <param name="width">Numbers summed for a row.</param>
internal sealed class BlockSums(int width)
{
    /// <summary>How many blocks there are.</summary>
    internal const int Blocks = 4093;

    private double[] _sums = new double[Math.Min(64, Blocks) * width];

    /// <summary>Where the numbers of a row are added.</summary>
    public Span<double> Of(long row)
    {
        var block = (int)(row % Blocks);
        if ((block + 1) * width > _sums.Length) { Array.Resize(ref _sums, Math.Min(_sums.Length * 4, Blocks * width)); }
        return _sums.AsSpan(block * width, width);
    }

    /// <summary>The sums over all rows, block after block: rows that came in other pieces give the same bits.</summary>
    public double[] Total()
    {
        var total = new double[width];
        for (var block = 0; block < _sums.Length; block += width)
        {
            for (var k = 0; k < width; k++) { total[k] += _sums[block + k]; }
        }
        return total;
    }

    /// <summary>Intervals of statistics of the sums.</summary>
    /// <param name="rows">Rows that were added, at least 1.</param>
    /// <param name="statistics">Numbers computed from the sums over a resample.</param>
    /// <param name="values">Their values over all rows.</param>
    /// <param name="resamples">How many resamples; with 0, or a single row, there are no ends.</param>
    /// <param name="level">Coverage in (0, 1).</param>
    /// <param name="seed">Which resamples.</param>
    public Interval[] Intervals(
        long rows, IReadOnlyList<Func<double[], double>> statistics, IReadOnlyList<double> values, int resamples, double level, Seed seed)
    {
        if (resamples < 1 || rows == 1) { return [.. values.Select(value => new Interval(value, double.NaN, double.NaN))]; }
        var (blocks, draws, sums) = ((int)Math.Min(rows, Blocks), seed.Stream(), new double[width]);
        var found = statistics.Select(_ => new double[resamples]).ToArray();
        for (var i = 0; i < resamples; i++)
        {
            Array.Clear(sums);
            for (var j = 0; j < blocks; j++)
            {
                var block = _sums.AsSpan(draws.NextBelow(blocks) * width, width);
                for (var k = 0; k < width; k++) { sums[k] += block[k]; }
            }
            for (var k = 0; k < statistics.Count; k++) { found[k][i] = statistics[k](sums); }
        }
        foreach (var list in found) { Array.Sort(list); }
        return [.. values.Select((value, k) => new Interval(
            value, Quantiles.Of(found[k], (1 - level) / 2), Quantiles.Of(found[k], (1 + level) / 2)))];
    }
}
