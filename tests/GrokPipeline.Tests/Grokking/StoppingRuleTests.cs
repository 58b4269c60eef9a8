using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Stopping;

namespace GrokPipeline.Tests.Grokking;

/// <summary>Curves evaluated every 10 steps, with stops worked out by hand.</summary>
public sealed class StoppingRuleTests
{
    [Theory]
    [InlineData(50, 1000, null, null, 14.8)]        // 20 · 50 steps after 50 are beyond the run; the longest wait is from 50 to 790
    [InlineData(10, 1000, 210L, 790L, 78.0)]        // 20 · 10 steps after 10
    [InlineData(50, 1200, 1800L, 200L, 14.8)]       // 1000 steps after the last rise, that of 800
    public void Patience_counts_in_memorization_steps(int memorized, int end, long? stop, long? saved, double needed)
    {
        var last = end == 1200 ? 2000 : end;
        var judged = Judge(Log(last, step => step >= memorized ? 1 : 0.2, step => step >= 800 ? 1 : 0.1), "patience");
        Assert.Equal((stop, saved), (judged.Step, judged.Saved));
        Assert.Equal(needed, judged.FactorNeeded!.Value, 1e-12);
        Assert.Equal(stop is null ? null : stop < 800, judged.BeforeGeneralization);
    }

    [Fact]
    public void A_stop_costs_what_training_on_would_have_reached()
    {
        var judged = Judge(Log(1000, step => step >= 10 ? 1 : 0.2, step => step >= 800 ? 1 : 0.1), "patience");
        Assert.Equal(["train", "validation"], judged.Costs.Select(cost => cost.Split));
        Assert.Equal(0, judged.Costs[0].Lost);
        Assert.Equal((0.1, 1.0), (judged.Costs[1].AtStop, judged.Costs[1].BestLater));
    }

    [Fact]
    public void Many_small_rises_are_one_rise()
    {
        // 0.001 more at each evaluation: a rise by 0.005 every 50 steps, less than the patience of 200.
        var judged = Judge(Log(1000, step => step >= 10 ? 1 : 0.2, step => 0.1 + (step / 10000.0)), "patience");
        Assert.Null(judged.Step);
        Assert.Null(judged.FactorNeeded);
    }

    [Fact]
    public void A_training_that_never_generalized_was_not_stopped_too_early()
    {
        var judged = Judge(Log(1000, step => step >= 10 ? 1 : 0.2, _ => 0.1), "patience");
        Assert.Equal(210, judged.Step);
        Assert.Null(judged.BeforeGeneralization);
    }

    [Theory]
    [InlineData(-0.02, 1, null)]            // falls all the time, twice as fast as is allowed
    [InlineData(-0.005, 1, 50L)]            // flat from the beginning: as soon as train is learnt
    [InlineData(-0.005, 0.995, null)]       // train never reaches 0.999
    public void A_norm_that_follows_a_power_of_time_is_flat_below_a_slope(double power, double train, long? stop)
    {
        var log = Log(2000, step => step >= 50 ? train : 0.2, _ => 0.1, ("model", "weight_norm", step => Math.Pow(Math.Max(step, 1), power)));
        Assert.Equal(stop, Judge(log, "norm_plateau").Step);
    }

    [Fact]
    public void Half_of_log_time_must_be_flat()
    {
        // 1/√t up to 100, constant from there on. At 8100 the window begins at 90: ½·ln(100/90) = 0.053 is more than 0.01·ln 90 = 0.045.
        // At 8110 it begins at 100.
        var log = Log(9000, step => step >= 50 ? 1 : 0.2, _ => 0.1, ("model", "weight_norm", step => 1 / Math.Sqrt(Math.Clamp(step, 1, 100))));
        Assert.Equal(8110, Judge(log, "norm_plateau").Step);
    }

    [Fact]
    public void A_number_that_is_not_finite_breaks_a_plateau()
    {
        // Flat for ever, but NaN at 60: the window [√t, t] is free of it once √t is above 60.
        var log = Log(4000, step => step >= 100 ? 1 : 0.2, _ => 0.1, ("model", "spectral_entropy", step => step == 60 ? double.NaN : 3));
        Assert.Equal(3610, Judge(log, "entropy_plateau").Step);
    }

    [Fact]
    public void A_margin_that_stopped_growing_is_waited_for_a_quarter_of_all_steps()
    {
        // No new maximum after 400: t − 400 ≥ t / 4 from 533 on.
        var log = Log(1000, step => step >= 50 ? 1 : 0.2, _ => 0.1, ("train", "worst_group_margin", step => Math.Min(step, 400)));
        Assert.Equal(540, Judge(log, "worst_group_margin").Step);
    }

    [Fact]
    public void What_was_not_recorded_is_said()
    {
        var log = Log(100, _ => 1, _ => 0.1);
        Assert.All(["norm_plateau", "entropy_plateau", "worst_group_margin"], rule =>
            Assert.Contains("is not among train.metrics", Judge(log, rule).Missing, StringComparison.Ordinal));
        Assert.Empty(Judge(log, "patience").Missing);
    }

    private static StoppingJudgement Judge(MetricLog log, string rule) =>
        StoppingRules.Judge(log, new GrokkingOptions()).Single(judged => judged.Rule == rule);

    private static MetricLog Log(
        int last, Func<int, double> train, Func<int, double> validation,
        params (string Split, string Metric, Func<int, double> Value)[] more) =>
        MetricLog.Of(Enumerable.Range(0, (last / 10) + 1).Select(i => 10 * i).SelectMany(step => more
            .Select(m => ((long)step, m.Split, m.Metric, m.Value(step)))
            .Prepend((step, "validation", "accuracy", validation(step))).Prepend((step, "train", "accuracy", train(step)))));
}
