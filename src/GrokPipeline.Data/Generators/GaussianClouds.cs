using GrokPipeline.Tables;

namespace GrokPipeline.Data.Generators;

/// <summary>
/// Rows around means: each feature is its mean plus sigma times a standard normal draw. A row's draws begin at a fixed word of its
/// subclass's stream, so that any rows can be made without those before them, and on any number of threads.
/// </summary>
internal sealed class GaussianClouds
{
    private const int AtOnce = 256;

    private readonly double[][] _means;
    private readonly double _sigma;
    private readonly Seed[] _streams;
    private readonly int[] _starts;

    /// <summary>Prepares rows.</summary>
    /// <param name="means">The mean of each subclass.</param>
    /// <param name="sigma">Standard deviation of every feature.</param>
    /// <param name="counts">Rows of each subclass; those of a subclass stand together.</param>
    /// <param name="rowsSeed">Root of the rows' draws.</param>
    internal GaussianClouds(double[][] means, double sigma, int[] counts, Seed rowsSeed)
    {
        (_means, _sigma) = (means, sigma);
        _streams = [.. Enumerable.Range(0, counts.Length).Select(subclass => rowsSeed.Derive($"subclass-{subclass}"))];
        _starts = new int[counts.Length + 1];
        for (var i = 0; i < counts.Length; i++) { _starts[i + 1] = _starts[i] + counts[i]; }
    }

    /// <summary>How many rows there are.</summary>
    internal int Rows => _starts[^1];

    /// <summary>The columns <c>row</c> and <c>x</c> of some rows, and the subclass of each.</summary>
    internal (ColumnValues Row, ColumnValues X, long[] Subclass) Read(int first, int count)
    {
        var (width, row, subclass) = (_means[0].Length, new long[count], new long[count]);
        var x = new float[count * width];
        for (var i = 0; i < count; i++) { (row[i], subclass[i]) = (first + i, SubclassOf(first + i)); }
        Parallel.For(0, count, i => Fill((int)subclass[i], first + i, x.AsSpan(i * width, width)));
        return (ColumnValues.Of("row", row, "Index in this table"), ColumnValues.Vector("x", width, x, "Features, position by position"),
            subclass);
    }

    private int SubclassOf(int row)
    {
        var subclass = 0;
        while (_starts[subclass + 1] <= row) { subclass++; }
        return subclass;
    }

    private void Fill(int subclass, int row, Span<float> x)
    {
        var (mean, index) = (_means[subclass], (ulong)(row - _starts[subclass]));
        var stream = _streams[subclass].StreamFrom(2 * index * (ulong)mean.Length);             // a normal number takes two words
        Span<double> draws = stackalloc double[AtOnce];
        for (var start = 0; start < x.Length; start += AtOnce)
        {
            var some = draws[..Math.Min(AtOnce, x.Length - start)];
            stream.NextNormals(some);
            for (var i = 0; i < some.Length; i++) { x[start + i] = (float)(mean[start + i] + (_sigma * some[i])); }
        }
    }
}
