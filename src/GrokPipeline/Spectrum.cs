namespace GrokPipeline;

/// <summary>How many directions a spectrum spreads over.</summary>
public static class Spectrum
{
    /// <summary>
    /// <c>−Σ pᵢ·ln pᵢ</c> in nats with pᵢ = xᵢ / Σx, the entropy of Roy and Vetterli (2007); 0 when the sum is 0, NaN when a number is.
    /// Numbers below 0, which rounding leaves of a covariance's zeros, count as 0.
    /// </summary>
    public static double Entropy(IReadOnlyCollection<double> values)
    {
        var total = values.Sum(Positive);
        if (total == 0 || double.IsNaN(total)) { return total; }
        double entropy = 0;
        foreach (var value in values)
        {
            var share = Positive(value) / total;
            if (share > 0) { entropy -= share * PortableMath.Log(share); }
        }
        return entropy;
    }

    /// <summary><c>(Σx)² / Σx²</c>, the participation ratio; 0 when all are 0.</summary>
    public static double Participation(IReadOnlyCollection<double> values)
    {
        var (first, second) = (values.Sum(), values.Sum(value => value * value));
        return second == 0 ? 0 : first * first / second;
    }

    private static double Positive(double value) => value < 0 ? 0 : value;
}
