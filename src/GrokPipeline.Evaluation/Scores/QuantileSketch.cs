using GrokPipeline.Evaluation.Statistics;

namespace GrokPipeline.Evaluation.Scores;

/// <summary>
/// Quantiles of a stream. Up to 2²⁰ numbers they are exact; beyond, numbers are counted in cells of equal ratio (DDSketch: Masson, Rim
/// and Lee 2019), and a quantile is within 1 % of a number that has its rank.
/// </summary>
internal sealed class QuantileSketch
{
    /// <summary>Most numbers that are kept as they are.</summary>
    internal const int Exact = 1 << 20;

    private const double Accuracy = 0.01, Smallest = 1e-9;
    private const int Half = 5600;                                              // γ^5600 · 1e-9 is 4e39, beyond float32
    private static readonly double _logGamma = Math.Log((1 + Accuracy) / (1 - Accuracy));

    private readonly int _most;
    private List<double>? _kept = [];
    private long[] _cells = [];
    private bool _undefined;

    /// <summary>An empty sketch.</summary>
    /// <param name="most">Most numbers that are kept as they are.</param>
    public QuantileSketch(int most = Exact) => _most = most;

    /// <summary>How many numbers were added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a number; after NaN every quantile is NaN.</summary>
    public void Add(double value)
    {
        Count++;
        if (double.IsNaN(value))
        {
            _undefined = true;
            return;
        }
        if (_kept is null)
        {
            _cells[CellOf(value)]++;
            return;
        }
        _kept.Add(value);
        if (_kept.Count <= _most) { return; }
        _cells = new long[(2 * Half) + 1];
        foreach (var kept in _kept) { _cells[CellOf(kept)]++; }
        _kept = null;
    }

    /// <summary>
    /// A quantile with the interval that rests on ranks alone: the number of rows below a true quantile is binomial, here by its normal
    /// approximation (Conover 1999, section 3.2).
    /// </summary>
    /// <param name="q">In (0, 1).</param>
    /// <param name="level">Coverage in (0, 1).</param>
    public Interval Of(double q, double level)
    {
        if (_undefined || Count == 0) { return new(double.NaN, double.NaN, double.NaN); }
        double[]? sorted = _kept is null ? null : [.. _kept.Order()];
        var half = MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, 0.5 + (level / 2)) * Math.Sqrt(q * (1 - q) / Count);
        double At(double share) => sorted is null ? FromCells(share) : Quantiles.Of(sorted, share);
        return new(At(q), At(Math.Max(0, q - half)), At(Math.Min(1, q + half)));
    }

    private static int CellOf(double value)
    {
        var size = Math.Abs(value);
        if (size < Smallest) { return Half; }
        var cell = (int)Math.Min(Math.Ceiling(Math.Log(size / Smallest) / _logGamma) + 1, Half);       // of infinity: the last
        return value > 0 ? Half + cell : Half - cell;
    }

    private double FromCells(double q)
    {
        var (rank, seen) = ((long)Math.Floor(q * (Count - 1)), 0L);
        for (var cell = 0; cell < _cells.Length; cell++)
        {
            seen += _cells[cell];
            if (seen > rank) { return Middle(cell - Half); }
        }
        return double.NaN;
    }

    // The number in a cell from γ^(k−1) to γ^k whose relative distance from both ends is the same.
    private static double Middle(int cell) => cell == 0
        ? 0
        : Math.Abs(cell) == Half
        ? Math.Sign(cell) * double.PositiveInfinity
        : Math.Sign(cell) * Smallest * Math.Exp((Math.Abs(cell) - 1) * _logGamma) * (1 - Accuracy);
}
