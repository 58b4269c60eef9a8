using System.Runtime.Intrinsics;

namespace GrokPipeline.Training.Losses;

/// <summary>
/// <c>log Σ e^z</c> in double precision, eight numbers at a time, from additions, products and fused multiply-adds alone: the same bits
/// at any vector width. Its error is below 1e-14 relative to the largest score or 1, whichever is more.
/// </summary>
internal static class LogSumExp
{
    /// <summary>Of at least one score.</summary>
    /// <returns>NaN when a score is NaN or all are −∞; +∞ when one is +∞.</returns>
    public static double Of(ReadOnlySpan<float> scores) => Above(scores, 0);

    /// <summary>The same minus a number, without loss of digits when that is the largest score.</summary>
    public static double Above(ReadOnlySpan<float> scores, float origin)
    {
        var largest = Largest(scores);
        if (!float.IsFinite(largest)) { return float.IsPositiveInfinity(largest) ? largest - (double)origin : double.NaN; }
        return ((double)largest - origin) + PortableMath.Log(SumOfExp(scores, largest));
    }

    /// <summary>The largest of at least one score; NaN when one is NaN. Exact, so that the order of comparing does not count.</summary>
    public static float Largest(ReadOnlySpan<float> scores)
    {
        var lanes = Vector512.Create(float.NegativeInfinity);
        for (; scores.Length >= 16; scores = scores[16..]) { lanes = Vector512.Max(lanes, Vector512.Create(scores)); }
        var largest = float.NegativeInfinity;
        foreach (var score in scores) { largest = MathF.Max(largest, score); }
        for (var i = 0; i < 16; i++) { largest = MathF.Max(largest, lanes[i]); }
        return largest;
    }

    private static double SumOfExp(ReadOnlySpan<float> scores, double largest)
    {
        var sums = Vector512<double>.Zero;
        for (; scores.Length >= 8; scores = scores[8..])
        {
            var (low, high) = Vector256.Widen(Vector256.Create(scores));
            sums += PortableVectors.Exp(Vector512.Create(low, high) - Vector512.Create(largest));
        }
        if (scores.Length > 0)
        {
            Span<double> rest = stackalloc double[8];
            rest.Fill(double.NegativeInfinity);
            for (var i = 0; i < scores.Length; i++) { rest[i] = scores[i] - largest; }
            sums += PortableVectors.Exp(Vector512.Create<double>(rest));
        }
        return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
    }
}
