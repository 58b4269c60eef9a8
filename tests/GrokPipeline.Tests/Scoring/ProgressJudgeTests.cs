using GrokPipeline.Evaluation.Progress;

namespace GrokPipeline.Tests.Scoring;

public sealed class ProgressJudgeTests
{
    // Memorized at 20, generalized at 60; values at 0, 10, … 80.
    private static readonly MeasureCurve Early = Curve(9, 9, 0, 1, 6, 8, 10, 10, 10);
    private static readonly MeasureCurve Late = Curve(0, 0, 5, 5, 5, 5, 4, 2, 1);

    [Fact]
    public void The_onset_is_where_half_of_the_change_since_memorization_is_passed()
    {
        var judged = Assert.Single(ProgressJudge.Of([Early], 20, 60, []));
        Assert.Equal(("rising", 0.0, 10.0), (judged.Direction, judged.Baseline, judged.Final));
        Assert.Equal((40L, 30L, 20L), (judged.OnsetStep!.Value, judged.BeforeOnset!.Value, judged.Lead!.Value));
        Assert.Equal(Math.Log(1.5), judged.LogRatio!.Value, 1e-12);
        Assert.Equal(1, judged.Monotonicity);
        Assert.Equal("leads", judged.Verdict);
    }

    [Fact]
    public void A_falling_measure_that_comes_later_has_a_negative_lead()
    {
        var judged = Assert.Single(ProgressJudge.Of([Late], 20, 60, []));
        Assert.Equal(("falling", 70L, -10L), (judged.Direction, judged.OnsetStep!.Value, judged.Lead!.Value));
        Assert.Equal("late", judged.Verdict);
    }

    [Fact]
    public void Turning_back_costs_monotonicity()
    {
        var judged = Assert.Single(ProgressJudge.Of([Curve(0, 0, 0, 3, 0, 4, 2, 4, 4)], 20, 60, []));
        Assert.Equal(4 / 14.0, judged.Monotonicity);
        Assert.Equal("wavers", judged.Verdict);
    }

    [Fact]
    public void A_measure_that_never_changes_has_no_onset()
    {
        var judged = Assert.Single(ProgressJudge.Of([Curve(1, 1, 1, 1, 1, 1)], 20, 60, [Control(Early)]));
        Assert.Equal("constant", judged.Direction);
        Assert.Equal("constant", judged.Verdict);
        Assert.Null(judged.OnsetStep);
        Assert.Equal(0, judged.FalseAlarms);
    }

    [Fact]
    public void A_control_that_changes_as_much_from_its_own_baseline_is_a_false_alarm()
    {
        var judged = Assert.Single(ProgressJudge.Of(
            [Early], 20, 60, [Control(Curve(0, 0, 100, 103, 105, 90)), Control(Curve(0, 0, 100, 104, 96, 90)), Control(Late with { Name = "other" })]));
        Assert.Equal([40, null, null], judged.Controls.Select(control => control.Step));
        Assert.Equal(1, judged.FalseAlarms);
        Assert.Equal("unspecific", judged.Verdict);
    }

    [Fact]
    public void Nothing_is_said_from_too_few_checkpoints() => Assert.Empty(ProgressJudge.Of([Early], 60, 60, []));

    [Fact]
    public void Curves_leave_out_controls_vectors_and_what_is_not_finite()
    {
        var curve = Assert.Single(MeasureCurve.Of(
        [
            (10, "p", "t", "n", 4, "", 0), (10, "p", "t", "n", 6, "", 1), (10, "p", "t", "n", 4, "", 0), (0, "p", "t", "n", 1, "", 0),
            (20, "p", "t", "n", double.NaN, "", 0), (0, "p", "t", "n", 9, "shuffled_labels", 0), (0, "p", "t", "share[1]", 9, "", 0),
        ]));
        Assert.Equal([(0, 1), (10, 5)], curve.Points);
    }

    private static ProgressControl Control(MeasureCurve curve) => new("control", 20, [curve]);

    private static MeasureCurve Curve(params double[] values) =>
        new("p", "t", "n", [.. values.Select((value, i) => (10L * i, value))]);
}
