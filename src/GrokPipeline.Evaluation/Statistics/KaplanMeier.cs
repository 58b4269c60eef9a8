using System.Collections.Immutable;
using MathNet.Numerics.Distributions;

namespace GrokPipeline.Evaluation.Statistics;

/// <summary>
/// The product-limit estimate of Kaplan and Meier (1958): how many are without the event over time, when some were not watched to the end.
/// Leaving those out, or taking their last time for the event, would make times look shorter than they are.
/// </summary>
public static class KaplanMeier
{
    /// <summary>The estimate of <c>S(t) = Π (1 − dᵢ / nᵢ)</c> over the times tᵢ ≤ t, with dᵢ events among nᵢ at risk.</summary>
    /// <param name="lifetimes">In any order; none is fine.</param>
    /// <param name="level">Coverage of the intervals in (0, 1), usually 0.95.</param>
    /// <exception cref="ArgumentException">A time is not finite.</exception>
    /// <remarks>
    /// Intervals are symmetric on the scale <c>log(−log S)</c>, with Greenwood's variance <c>Σ dᵢ / (nᵢ (nᵢ − dᵢ))</c>, so that they stay
    /// inside [0, 1]. That variance does not exist where S is 0: there the lower end is 0 and the upper end stays that of the time before.
    /// </remarks>
    public static SurvivalCurve Of(IEnumerable<Lifetime> lifetimes, double level)
    {
        var sorted = lifetimes.OrderBy(lifetime => lifetime.Time).ToArray();
        if (sorted.Any(lifetime => !double.IsFinite(lifetime.Time)))
        {
            throw new ArgumentException("A time is finite.", nameof(lifetimes));
        }
        var z = Normal.InvCDF(0, 1, 0.5 + (level / 2));
        var points = ImmutableArray.CreateBuilder<SurvivalPoint>();
        var (atRisk, survival, greenwood, low, high) = (sorted.Length, 1.0, 0.0, 1.0, 1.0);
        foreach (var group in sorted.GroupBy(lifetime => lifetime.Time))
        {
            var (leaving, events) = (group.Count(), group.Count(lifetime => lifetime.Observed));
            var staying = atRisk - events;
            survival *= staying / (double)atRisk;
            if (staying == 0) { low = 0; }
            else if (events > 0)
            {
                greenwood += events / ((double)atRisk * staying);
                var half = z * Math.Sqrt(greenwood) / -Math.Log(survival);
                (low, high) = (Math.Pow(survival, Math.Exp(half)), Math.Pow(survival, Math.Exp(-half)));
            }
            points.Add(new(group.Key, atRisk, events, leaving - events, survival, low, high));
            atRisk -= leaving;
        }
        return new SurvivalCurve { Count = sorted.Length, Level = level, Points = points.ToImmutable() };
    }
}
