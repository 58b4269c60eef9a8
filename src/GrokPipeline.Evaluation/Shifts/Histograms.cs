namespace GrokPipeline.Evaluation.Shifts;

/// <summary>Distances between two histograms over the same values. All logarithms are natural.</summary>
public static class Histograms
{
    /// <summary>What is added to every count before a Kullback–Leibler divergence (Krichevsky and Trofimov 1981).</summary>
    public const double Smoothing = 0.5;

    /// <summary>Total variation, ½ Σ |p − q|, in [0, 1]: the largest difference that a set of values can have in its share.</summary>
    /// <param name="p">Counts, at least one row in all.</param>
    /// <param name="q">Counts over the same values.</param>
    public static double TotalVariation(ReadOnlySpan<long> p, ReadOnlySpan<long> q)
    {
        var (sum, ofP, ofQ) = (0.0, Total(p, q), Total(q, p));
        for (var i = 0; i < p.Length; i++) { sum += Math.Abs((p[i] / ofP) - (q[i] / ofQ)); }
        return sum / 2;
    }

    /// <summary>
    /// Kullback–Leibler divergence KL(p ‖ q) = Σ p log(p / q), in nats, after <see cref="Smoothing"/> is added to every count of both:
    /// without it a value that only p has would make it infinite.
    /// </summary>
    /// <param name="p">Counts of the distribution that is met.</param>
    /// <param name="q">Counts of the one that was expected.</param>
    public static double KullbackLeibler(ReadOnlySpan<long> p, ReadOnlySpan<long> q)
    {
        var (sum, added) = (0.0, Smoothing * p.Length);
        var (ofP, ofQ) = (Total(p, q) + added, Total(q, p) + added);
        for (var i = 0; i < p.Length; i++)
        {
            var share = (p[i] + Smoothing) / ofP;
            sum += share * Math.Log(share / ((q[i] + Smoothing) / ofQ));
        }
        return sum;
    }

    /// <summary>
    /// Jensen–Shannon divergence ½ KL(p ‖ m) + ½ KL(q ‖ m) with m = ½ (p + q), in nats, from 0 to log 2 (Lin 1991). Needs no smoothing.
    /// </summary>
    public static double JensenShannon(ReadOnlySpan<long> p, ReadOnlySpan<long> q)
    {
        var (sum, ofP, ofQ) = (0.0, Total(p, q), Total(q, p));
        for (var i = 0; i < p.Length; i++)
        {
            var (a, b) = (p[i] / ofP, q[i] / ofQ);
            sum += Part(a, (a + b) / 2) + Part(b, (a + b) / 2);
        }
        return sum / 2;
    }

    private static double Part(double share, double middle) => share > 0 ? share * Math.Log(share / middle) : 0;

    private static double Total(ReadOnlySpan<long> counts, ReadOnlySpan<long> others)
    {
        if (counts.Length != others.Length) { throw new ArgumentException("Both histograms are over the same values.", nameof(counts)); }
        var sum = 0L;
        foreach (var count in counts) { sum += count; }
        return sum > 0 ? sum : throw new ArgumentException("A histogram has at least one row.", nameof(counts));
    }
}
