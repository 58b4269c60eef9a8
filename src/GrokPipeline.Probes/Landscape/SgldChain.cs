namespace GrokPipeline.Probes.Landscape;

/// <summary>A mean over rows of which each step sees some.</summary>
internal interface ISampledObjective
{
    /// <summary>How many parameters.</summary>
    int Size { get; }

    /// <summary>Goes over to other rows.</summary>
    void Next();

    /// <summary>The value on the present rows, and its gradient.</summary>
    double Gradient(ReadOnlySpan<float> point, Span<float> gradient);

    /// <summary>The value on the present rows.</summary>
    double Value(ReadOnlySpan<float> point);
}

/// <summary>How a chain runs.</summary>
/// <param name="InverseTemperature">nβ.</param>
/// <param name="StepSize">ε.</param>
/// <param name="Localization">γ.</param>
/// <param name="BurnIn">Steps before the first draw.</param>
/// <param name="Draws">Draws, one a step.</param>
internal readonly record struct SgldSettings(double InverseTemperature, double StepSize, double Localization, int BurnIn, int Draws);

/// <summary>
/// Stochastic gradient Langevin dynamics around a point (Lau et al. 2023, algorithm 1): w ← w − (ε/2)·(nβ·∇L(w) + γ·(w − w*)) + √ε·ξ with
/// signs ξ.
/// </summary>
internal static class SgldChain
{
    /// <summary>One chain: nβ times the mean of L(w) − L(w*), each on the same rows, and the share of draws where it is negative.</summary>
    public static (double Coefficient, double BelowStart) Run(
        ISampledObjective objective, ReadOnlySpan<float> start, SgldSettings settings, Seed seed)
    {
        var (point, gradient, signs) = (start.ToArray(), new float[start.Length], new float[start.Length]);
        var noise = seed.Derive("noise").Stream();
        var (half, root) = ((float)(settings.StepSize / 2), (float)Math.Sqrt(settings.StepSize));
        var (beta, pull) = ((float)settings.InverseTemperature, (float)settings.Localization);
        double sum = 0;
        var below = 0;
        for (var step = 0; step < settings.BurnIn + settings.Draws; step++)
        {
            objective.Next();
            var value = objective.Gradient(point, gradient);
            if (step >= settings.BurnIn)
            {
                var excess = value - objective.Value(start);
                sum += excess;
                if (excess < 0) { below++; }
            }
            Curvature.Signs(signs, noise);
            for (var i = 0; i < point.Length; i++)
            {
                point[i] += (root * signs[i]) - (half * ((beta * gradient[i]) + (pull * (point[i] - start[i]))));
            }
        }
        return (settings.InverseTemperature * sum / settings.Draws, (double)below / settings.Draws);
    }
}
