using System.Collections.Immutable;

namespace GrokPipeline.Evaluation.Statistics;

/// <summary>The estimate from one time on, until the next.</summary>
/// <param name="Time">A time at which an event came or a lifetime was censored.</param>
/// <param name="AtRisk">Lifetimes that last to this time or longer.</param>
/// <param name="Events">Events at this time.</param>
/// <param name="Censored">Lifetimes censored at this time; they are at risk for its events.</param>
/// <param name="Survival">Share without the event after this time, in [0, 1].</param>
/// <param name="Low">Lower end of the interval of the share.</param>
/// <param name="High">Upper end of the interval of the share.</param>
public readonly record struct SurvivalPoint(
    double Time, int AtRisk, int Events, int Censored, double Survival, double Low, double High);

/// <summary>The share without the event over time: a step function that begins at 1.</summary>
public sealed record SurvivalCurve
{
    // A product of ratios may miss a half by a rounding.
    private const double Half = 0.5 + 1e-12;

    /// <summary>How many lifetimes it rests on; may be 0.</summary>
    public required int Count { get; init; }

    /// <summary>Coverage of the intervals in (0, 1).</summary>
    public required double Level { get; init; }

    /// <summary>One entry per distinct time, ascending.</summary>
    public required ImmutableArray<SurvivalPoint> Points { get; init; }

    /// <summary>How many events there were.</summary>
    public int Events => Points.Sum(point => point.Events);

    /// <summary>The first time at which the share is at most a half; null when it never is: not reached.</summary>
    public double? Median => First(point => point.Survival);

    /// <summary>
    /// Lower end of the median's interval (Brookmeyer and Crowley 1982): the first time at which the lower end of the share is at most a
    /// half. Null when that never is.
    /// </summary>
    public double? MedianLow => First(point => point.Low);

    /// <summary>Upper end of the median's interval; null when it has none.</summary>
    public double? MedianHigh => First(point => point.High);

    /// <summary>The share without the event after a time.</summary>
    public double At(double time)
    {
        var share = 1.0;
        foreach (var point in Points)
        {
            if (point.Time > time) { break; }
            share = point.Survival;
        }
        return share;
    }

    private double? First(Func<SurvivalPoint, double> share)
    {
        foreach (var point in Points)
        {
            if (share(point) <= Half) { return point.Time; }
        }
        return null;
    }
}
