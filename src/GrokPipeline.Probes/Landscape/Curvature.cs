namespace GrokPipeline.Probes.Landscape;

/// <summary>What is known of a Hessian from its products with vectors.</summary>
internal static class Curvature
{
    /// <summary>
    /// The trace by Hutchinson's estimator (1990): the mean of vᵀHv over vectors of independent signs; its variance is twice the sum of
    /// squares off the diagonal.
    /// </summary>
    /// <returns>The mean and its standard error, NaN for one draw.</returns>
    public static (double Mean, double Error) Trace(IObjective objective, ReadOnlySpan<float> point, int draws, Seed seed)
    {
        var (v, product, values) = (new float[objective.Size], new float[objective.Size], new double[draws]);
        for (var draw = 0; draw < draws; draw++)
        {
            Signs(v, seed.Derive($"hutchinson/{draw}").Stream());
            objective.HessianTimes(point, v, product);
            values[draw] = Dots.Of(v, product);
        }
        var mean = values.Sum() / draws;
        var squares = values.Sum(value => (value - mean) * (value - mean));
        return (mean, draws > 1 ? Math.Sqrt(squares / (draws - 1) / draws) : double.NaN);
    }

    /// <summary>
    /// The eigenvalue of largest magnitude by power iteration from a random start, as Rayleigh's quotient, and the residual ‖Hv − λv‖ /
    /// |λ|: λ is within that share of an eigenvalue.
    /// </summary>
    public static (double Value, double Residual) Largest(IObjective objective, ReadOnlySpan<float> point, int iterations, Seed seed)
    {
        var (v, product) = (new float[objective.Size], new float[objective.Size]);
        Signs(v, seed.Derive("power-iteration").Stream());
        Scale(v, 1 / Math.Sqrt(v.Length), v);
        double value = 0, residual = 0;
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            objective.HessianTimes(point, v, product);
            value = Dots.Of(v, product);
            var square = Dots.Of(product, product);
            if (square == 0) { return (0, 0); }                // a flat surface
            residual = Math.Sqrt(Math.Max(0, square - (value * value))) / Math.Abs(value);
            Scale(product, 1 / Math.Sqrt(square), v);
        }
        return (value, residual);
    }

    /// <summary>Fills a vector with independent signs ±1.</summary>
    public static void Signs(Span<float> vector, RandomStream draws)
    {
        var (bits, left) = (0UL, 0);
        for (var i = 0; i < vector.Length; i++)
        {
            if (left == 0) { (bits, left) = (draws.NextBits(), 64); }
            vector[i] = (bits & 1) == 0 ? -1 : 1;
            bits >>= 1;
            left--;
        }
    }

    private static void Scale(ReadOnlySpan<float> from, double factor, Span<float> to)
    {
        for (var i = 0; i < from.Length; i++) { to[i] = (float)(from[i] * factor); }
    }
}
