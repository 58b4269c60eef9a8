using MathNet.Numerics.Distributions;

namespace GrokPipeline.Evaluation.Statistics;

/// <summary>Wilson's score interval of a rate (Wilson 1927): sound for rates at 0 and 1 and for few rows, unlike value ± z·σ.</summary>
public static class Wilson
{
    /// <summary>The interval of <paramref name="successes"/> out of <paramref name="trials"/>.</summary>
    /// <param name="successes">From 0 to <paramref name="trials"/>.</param>
    /// <param name="trials">At least 1.</param>
    /// <param name="level">Coverage in (0, 1), usually 0.95.</param>
    public static Interval Of(long successes, long trials, double level)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        var z = Normal.InvCDF(0, 1, 0.5 + (level / 2));
        var rate = (double)successes / trials;
        var z2 = z * z / trials;
        var centre = (rate + (z2 / 2)) / (1 + z2);
        var half = z / (1 + z2) * Math.Sqrt((rate * (1 - rate) / trials) + (z2 / (4 * trials)));
        // At the ends one bound is the rate itself; rounding must not push it past.
        return new(rate, successes == 0 ? 0 : centre - half, successes == trials ? 1 : centre + half);
    }
}
