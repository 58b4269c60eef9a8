namespace GrokPipeline.Evaluation.Statistics;

/// <summary>
/// Intervals of sums and differences from those of their parts, by recovering each part's variance from its own limits (Newcombe 1998,
/// method 10; Zou and Donner 2008). Sound where a part is 0 or 1 and a normal approximation would have no width.
/// </summary>
public static class Combined
{
    /// <summary>Σ wᵢ·pᵢ of independent rates, each with Wilson's interval.</summary>
    /// <param name="rates">Right rows, all rows (at least 1) and weight (at least 0) of each.</param>
    /// <param name="level">Coverage in (0, 1).</param>
    public static Interval WeightedRates(IEnumerable<(long Correct, long Rows, double Weight)> rates, double level)
    {
        var (value, low, high) = (0.0, 0.0, 0.0);
        foreach (var (correct, rows, weight) in rates)
        {
            var rate = Wilson.Of(correct, rows, level);
            value += weight * rate.Value;
            low += Square(weight * (rate.Value - rate.Low));
            high += Square(weight * (rate.High - rate.Value));
        }
        return new(value, value - Math.Sqrt(low), value + Math.Sqrt(high));
    }

    /// <summary>a − b of two independent numbers, from their intervals; without ends where one of them has none.</summary>
    public static Interval Difference(Interval a, Interval b)
    {
        var value = a.Value - b.Value;
        return new(
            value, value - Math.Sqrt(Square(a.Value - a.Low) + Square(b.High - b.Value)),
            value + Math.Sqrt(Square(a.High - a.Value) + Square(b.Value - b.Low)));
    }

    private static double Square(double x) => x * x;
}
