using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Statistics;

namespace GrokPipeline.Tests.Scoring;

public sealed class StatisticsTests
{
    // Ends of Wilson's interval solve (p − x/n)² = z²·p(1 − p)/n: checked by putting them in.
    [Theory]
    [InlineData(0, 20, 0.95)]
    [InlineData(20, 20, 0.95)]
    [InlineData(7, 20, 0.95)]
    [InlineData(6500, 6586, 0.99)]
    public void Ends_of_the_interval_solve_its_equation(long successes, long trials, double level)
    {
        var z = level == 0.95 ? 1.959963984540054 : 2.5758293035489004;
        var interval = Wilson.Of(successes, trials, level);
        foreach (var end in new[] { interval.Low, interval.High }.Where(end => end is > 0 and < 1))
        {
            var left = (end - interval.Value) * (end - interval.Value);
            Assert.Equal(z * z * end * (1 - end) / trials, left, 1e-12);
        }
        Assert.InRange(interval.Value, interval.Low, interval.High);
        Assert.InRange(interval.Low, 0, 1);
        Assert.InRange(interval.High, 0, 1);
    }

    [Fact]
    public void Bootstrap_of_a_mean_is_as_wide_as_theory_says()
    {
        var draws = new Seed(4).Stream();
        var values = Enumerable.Range(0, 2000).Select(_ => draws.NextNormal()).ToArray();
        var interval = Bootstrap.Of([.. Enumerable.Range(0, 2000)], rows => rows.Average(row => values[row]), 500, 0.95, new Seed(9));
        var expected = 2 * 1.96 / Math.Sqrt(2000);
        Assert.InRange(interval.High - interval.Low, 0.85 * expected, 1.15 * expected);
        Assert.InRange(interval.Value, interval.Low, interval.High);
    }

    [Fact]
    public void Without_resamples_there_are_no_ends()
    {
        var interval = Bootstrap.Of([0, 1], rows => rows.Length, 0, 0.95, new Seed(1));
        Assert.Equal(2, interval.Value);
        Assert.True(double.IsNaN(interval.Low) && double.IsNaN(interval.High));
    }

    [Theory]
    [InlineData(">= 0.99", 0.99, true)]
    [InlineData("> 0.99", 0.99, false)]
    [InlineData("<0.7", 0.61, true)]
    [InlineData("<= 1e-3", 0.002, false)]
    [InlineData(">= 0", double.NaN, false)]
    public void A_bound_holds_or_not(string text, double value, bool holds) => Assert.Equal(holds, Bound.Parse(text).Holds(value));

    [Theory]
    [InlineData("0.99")]
    [InlineData(">= ")]
    [InlineData("=> 0.99")]
    [InlineData(">= NaN")]
    [InlineData(">= 1e999")]
    public void What_is_no_bound_is_refused(string text) => Assert.Throws<GrokException>(() => Bound.Parse(text));
}
