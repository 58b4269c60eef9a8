using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace GrokPipeline.Evaluation.Shifts;

/// <summary>A statistic of two samples and how often chance does as much.</summary>
/// <param name="Value">The statistic.</param>
/// <param name="PValue">Share of permutations with as large a statistic, the samples themselves counted; NaN without permutations.</param>
public readonly record struct TwoSampleResult(double Value, double PValue);

/// <summary>
/// Distances between the distributions behind two samples of vectors. Both are unbiased, so that they are about 0 for equal
/// distributions and may be a little below.
/// </summary>
public static class TwoSample
{
    /// <summary>
    /// Energy distance 2 E|X − Y| − E|X − X′| − E|Y − Y′| (Székely and Rizzo 2013) and squared maximum mean discrepancy
    /// E k(X, X′) + E k(Y, Y′) − 2 E k(X, Y) with k = exp(−|x − y|² / (2σ²)), σ the median distance of the pooled rows (Gretton et al.
    /// 2012, equation 3); means over pairs of different rows. Each with a permutation test.
    /// </summary>
    /// <param name="first">Row-major, shape [rows, width]; at least two rows.</param>
    /// <param name="second">Row-major, shape [rows, width]; at least two rows.</param>
    /// <param name="width">Elements of a row, at least 1.</param>
    /// <param name="permutations">How many random relabellings; 0 for no p-values.</param>
    /// <param name="seed">Of the permutations.</param>
    public static (TwoSampleResult Energy, TwoSampleResult Mmd) Of(
        ReadOnlySpan<float> first, ReadOnlySpan<float> second, int width, int permutations, Seed seed)
    {
        if (first.Length < 2 * width || second.Length < 2 * width) { throw new ArgumentException("Each sample has at least two rows."); }
        var pairs = PairDistances.Of(first, second, width);
        var median = pairs.Median();
        // Rows that are all alike have no median distance; then any kernel says 0.
        var scale = median > 0 ? -1 / (2 * median * median) : 0;
        return (
            Test(pairs.Map(distance => -distance), pairs, permutations, seed.Derive("energy")),
            Test(pairs.Map(distance => Math.Exp(scale * distance * distance)), pairs, permutations, seed.Derive("mmd")));
    }

    private static TwoSampleResult Test(double[] kernel, PairDistances pairs, int permutations, Seed seed)
    {
        var (rows, draws) = (pairs.Rows, seed.Stream());
        var labels = new double[rows];
        labels.AsSpan(0, pairs.First).Fill(1);
        var sums = new double[rows];
        for (var i = 0; i < rows; i++) { sums[i] = Dot(kernel.AsSpan(i * rows, rows), null); }
        var value = Statistic(kernel, sums, labels, pairs);
        if (permutations == 0) { return new(value, double.NaN); }
        var asLarge = 1;
        for (var k = 0; k < permutations; k++)
        {
            draws.Shuffle(labels.AsSpan());
            // A statistic that is the same up to rounding counts; sums of other orders differ in their last bits.
            if (Statistic(kernel, sums, labels, pairs) >= value - (1e-12 * Math.Max(1, Math.Abs(value)))) { asLarge++; }
        }
        return new(value, asLarge / (permutations + 1.0));
    }

    // Within X: Σ over i, j in X. Across: what the rows of X have in all, without that. Within Y: the rest.
    private static double Statistic(double[] kernel, double[] sums, double[] labels, PairDistances pairs)
    {
        var (rows, within, ofFirst, all) = (pairs.Rows, 0.0, 0.0, 0.0);
        for (var i = 0; i < rows; i++)
        {
            all += sums[i];
            if (labels[i] == 0) { continue; }
            within += Dot(kernel.AsSpan(i * rows, rows), labels);
            ofFirst += sums[i];
        }
        double n = pairs.First, m = pairs.Second;
        var across = ofFirst - within;
        var other = all - within - (2 * across);
        return (within / (n * (n - 1))) + (other / (m * (m - 1))) - (2 * across / (n * m));
    }

    // Σ aᵢ·bᵢ, or Σ aᵢ without b; four lanes in a fixed order.
    private static double Dot(ReadOnlySpan<double> a, double[]? b)
    {
        var sum = Vector256<double>.Zero;
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(a);
        var others = MemoryMarshal.Cast<double, Vector256<double>>(b);
        for (var i = 0; i < vectors.Length; i++) { sum += b is null ? vectors[i] : vectors[i] * others[i]; }
        var total = (sum[0] + sum[2]) + (sum[1] + sum[3]);
        for (var i = vectors.Length * 4; i < a.Length; i++) { total += b is null ? a[i] : a[i] * b[i]; }
        return total;
    }
}
