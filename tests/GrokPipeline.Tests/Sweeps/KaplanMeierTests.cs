using GrokPipeline.Evaluation.Statistics;

namespace GrokPipeline.Tests.Sweeps;

public sealed class KaplanMeierTests
{
    // Weeks in remission of Freireich et al. (1963), as in Cox and Oakes (1984), table 1.1; + is censored.
    private const string SixMercaptopurine = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+";
    private const string Placebo = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23";

    [Fact]
    public void The_leukaemia_data_give_the_published_estimate()
    {
        var events = Of(SixMercaptopurine).Points.Where(point => point.Events > 0).ToArray();
        Assert.Equal([6, 7, 10, 13, 16, 22, 23], events.Select(point => point.Time));
        Assert.Equal([21, 17, 15, 12, 11, 7, 6], events.Select(point => point.AtRisk));
        Assert.Equal([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], events.Select(point => Math.Round(point.Survival, 3)));
    }

    // Intervals on the log-log scale, as Stata's `sts list` prints them for these data.
    [Theory]
    [InlineData(6, 0.6197, 0.9516)]
    [InlineData(10, 0.5032, 0.8894)]
    [InlineData(23, 0.1881, 0.6801)]
    public void The_leukaemia_data_give_the_published_intervals(double time, double low, double high)
    {
        var point = Of(SixMercaptopurine).Points.Single(point => point.Time == time);
        Assert.Equal((low, high), (Math.Round(point.Low, 4), Math.Round(point.High, 4)));
    }

    [Fact]
    public void The_leukaemia_data_give_the_published_medians()
    {
        var (treated, placebo) = (Of(SixMercaptopurine), Of(Placebo));
        Assert.Equal((23, 13, null), (treated.Median, treated.MedianLow, treated.MedianHigh));
        Assert.Equal((8, 4, 11), (placebo.Median, placebo.MedianLow, placebo.MedianHigh));
        Assert.Equal((21, 9, 21, 21), (treated.Count, treated.Events, placebo.Count, placebo.Events));
    }

    [Fact]
    public void Without_censoring_it_is_one_minus_the_share_of_events_so_far()
    {
        var draws = new Seed(1).Stream();
        for (var round = 0; round < 200; round++)
        {
            var times = Enumerable.Range(0, 1 + draws.NextBelow(30)).Select(_ => (double)draws.NextBelow(12)).ToArray();
            var curve = KaplanMeier.Of(times.Select(time => new Lifetime(time, true)), 0.95);
            for (var t = -1; t <= 12; t++)
            {
                Assert.Equal(times.Count(time => time > t) / (double)times.Length, curve.At(t), 1e-12);
            }
            var sorted = times.Order().ToArray();
            Assert.Equal(sorted[(sorted.Length - 1) / 2], curve.Median);               // the lower of two middle ones
        }
    }

    [Fact]
    public void It_falls_and_its_interval_holds_it()
    {
        foreach (var lifetimes in Random(2))
        {
            var before = 1.0;
            foreach (var point in KaplanMeier.Of(lifetimes, 0.95).Points)
            {
                Assert.InRange(point.Survival, 0, before);
                Assert.InRange(point.Survival, point.Low, point.High);
                Assert.InRange(point.Low, 0, 1);
                Assert.InRange(point.High, 0, 1);
                before = point.Survival;
            }
        }
    }

    [Fact]
    public void The_order_of_lifetimes_does_not_matter()
    {
        var draws = new Seed(3).Stream();
        foreach (var lifetimes in Random(4))
        {
            var keyed = lifetimes.Select(lifetime => (Lifetime: lifetime, Key: draws.NextBelow(1 << 20))).ToArray();
            var other = keyed.OrderBy(pair => pair.Key).Select(pair => pair.Lifetime);
            Assert.Equal(KaplanMeier.Of(lifetimes, 0.95).Points, [.. KaplanMeier.Of(other, 0.95).Points]);
        }
    }

    [Fact]
    public void Leaving_out_the_censored_or_ending_them_makes_the_median_no_later()
    {
        foreach (var lifetimes in Random(5))
        {
            var median = KaplanMeier.Of(lifetimes, 0.95).Median ?? double.PositiveInfinity;
            var ended = KaplanMeier.Of(lifetimes.Select(lifetime => lifetime with { Observed = true }), 0.95).Median;
            Assert.True(ended <= median);
        }
    }

    [Fact]
    public void Without_events_the_median_is_not_reached_and_without_lifetimes_there_is_no_point()
    {
        var censored = KaplanMeier.Of([new(100, false), new(200, false)], 0.95);
        Assert.Equal((null, null, null, 1.0), (censored.Median, censored.MedianLow, censored.MedianHigh, censored.At(1000)));
        Assert.Empty(KaplanMeier.Of([], 0.95).Points);
        Assert.Throws<ArgumentException>(() => KaplanMeier.Of([new(double.NaN, true)], 0.95));
    }

    // Newcombe (1998), table I, method 3: the score method.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Wilsons_interval_is_as_published(long successes, long trials, double low, double high)
    {
        var interval = Wilson.Of(successes, trials, 0.95);
        Assert.Equal((low, high), (Math.Round(interval.Low, 4), Math.Round(interval.High, 4)));
    }

    private static SurvivalCurve Of(string weeks) => KaplanMeier.Of(
        weeks.Split(' ').Select(week => new Lifetime(double.Parse(week.TrimEnd('+'), null), !week.EndsWith('+'))), 0.95);

    private static IEnumerable<Lifetime[]> Random(ulong seed)
    {
        var draws = new Seed(seed).Stream();
        for (var round = 0; round < 200; round++)
        {
            yield return [.. Enumerable.Range(0, 1 + draws.NextBelow(25))
                .Select(_ => new Lifetime(draws.NextBelow(10), draws.NextBelow(3) > 0))];
        }
    }
}
