using GrokPipeline.Evaluation;

namespace GrokPipeline.Tests.Grokking;

public sealed class GrokkingTests
{
    private static readonly GrokkingOptions _options = new();

    [Fact]
    public void A_late_jump_long_after_memorization_is_grokking()
    {
        var verdict = Evaluation.Grokking.Analyze(Curve(train: s => s >= 100 ? 1 : 0.5, validation: s => s < 2000 ? 0.1 : 1), _options);
        Assert.Equal(GrokkingOutcome.Grokked, verdict.Outcome);
        Assert.Equal((100, 2000, 1900), (verdict.MemorizationStep, verdict.GeneralizationStep, verdict.Delay));
        Assert.Equal(20, verdict.Ratio);
        Assert.Equal((0.1, 0.9, false, null), (verdict.Plateau, verdict.Jump, verdict.Partial, verdict.LostStep));
    }

    [Fact]
    public void Generalizing_with_memorization_is_comprehension()
    {
        var verdict = Evaluation.Grokking.Analyze(Curve(s => Math.Min(1, s / 200.0), s => Math.Min(1, s / 240.0)), _options);
        Assert.Equal(GrokkingOutcome.Comprehension, verdict.Outcome);
        Assert.Equal((200, 240), (verdict.MemorizationStep, verdict.GeneralizationStep));
    }

    [Fact]
    public void Generalizing_before_memorization_is_comprehension_with_a_negative_delay()
    {
        // Wrong answers in train: the rule is found first.
        var verdict = Evaluation.Grokking.Analyze(Curve(s => s >= 1000 ? 1 : 0.8, s => s >= 200 ? 1 : 0.3), _options);
        Assert.Equal((GrokkingOutcome.Comprehension, -800), (verdict.Outcome, verdict.Delay));
    }

    [Fact]
    public void Generalizing_without_ever_learning_train_is_comprehension_without_a_delay()
    {
        var verdict = Evaluation.Grokking.Analyze(Curve(_ => 0.8, s => s >= 200 ? 1 : 0.3), _options);
        Assert.Equal(GrokkingOutcome.Comprehension, verdict.Outcome);
        Assert.Null(verdict.Delay);
        Assert.Null(verdict.Ratio);
    }

    [Fact]
    public void A_late_creep_over_the_threshold_without_a_jump_is_comprehension()
    {
        var verdict = Evaluation.Grokking.Analyze(Curve(s => s >= 100 ? 1 : 0.5, s => s < 2000 ? 0.97 : 0.995), _options);
        Assert.Equal(GrokkingOutcome.Comprehension, verdict.Outcome);
    }

    [Theory]
    [InlineData(0.55, false)]
    [InlineData(0.91, true)]
    public void Train_alone_is_memorized_only_and_a_rise_is_told(double end, bool partial)
    {
        var verdict = Evaluation.Grokking.Analyze(Curve(s => s >= 40 ? 1 : 0.5, s => s < 1000 ? 0.54 : end), _options);
        Assert.Equal((GrokkingOutcome.MemorizedOnly, partial), (verdict.Outcome, verdict.Partial));
        Assert.Equal(partial, verdict.Carvalho.Partial);
        Assert.Null(verdict.GeneralizationStep);
    }

    [Theory]
    [InlineData(1500, GrokkingOutcome.Grokked)]               // a delay of 1400 steps
    [InlineData(1000, GrokkingOutcome.Comprehension)]
    [InlineData(100_020, GrokkingOutcome.MemorizedOnly)]      // after the first 100,000 steps
    public void The_definition_of_Liu_et_al_is_one_word(int generalized, GrokkingOutcome outcome)
    {
        var options = new GrokkingOptions { Definition = GrokkingDefinition.Liu2022 };
        Assert.Empty(options.Problems());
        // 0.9 at a single evaluation counts, and nothing is lost.
        CurvePoint[] curve = [new(0, 0, 0), new(100, 0.9, 0), new(generalized, 0.9, 0.9), new(200_000, 0.9, 0.1)];
        Assert.Equal(outcome, Evaluation.Grokking.Analyze(curve, options.Resolved()).Outcome);
    }

    [Fact]
    public void A_definition_takes_no_other_threshold_beside_it()
    {
        var options = new GrokkingOptions { Definition = GrokkingDefinition.Liu2022 };
        Assert.Empty((options with { Generalization = new() { Split = "test" }, Band = 0.05 }).Problems());
        Assert.Equal("definition", (options with { MinimumRatio = 3 }).Problems().Single().Option);
        Assert.Equal("definition", (options with { Generalization = new() { Accuracy = 0.95 } }).Problems().Single().Option);
        Assert.Equal("test", (options with { Generalization = new() { Split = "test" } }).Resolved().Generalization.Split);
    }

    [Fact]
    public void Kinds_of_collapse_and_of_not_reaching_are_told_apart()
    {
        var never = Evaluation.Grokking.Analyze(Curve(_ => 0.7, _ => 0.2), _options);
        Assert.Equal(("DNF-train", CollapseKind.None), (never.Unfinished.Name, never.Collapse));
        var forgot = Evaluation.Grokking.Analyze(Curve(s => s is >= 100 and < 3000 ? 1 : 0.5, _ => 0.2), _options);
        Assert.Equal(("DNF-test", "lost memorization"), (forgot.Unfinished.Name, forgot.Collapse.Name));
        var lost = Evaluation.Grokking.Analyze(Curve(s => s >= 100 ? 1 : 0, s => s is >= 1000 and < 3000 ? 1 : 0.2), _options);
        Assert.Equal(("", "lost generalization"), (lost.Unfinished.Name, lost.Collapse.Name));
        var broken = Evaluation.Grokking.Analyze(Curve(_ => 1, _ => 1), _options, nonfinite: true);
        Assert.Equal(("not finite", GrokkingOutcome.Collapsed), (broken.Collapse.Name, broken.Outcome));
    }

    [Fact]
    public void Never_learning_train_is_confusion()
    {
        var verdict = Evaluation.Grokking.Analyze(Curve(_ => 0.7, _ => 0.2), _options);
        Assert.Equal(GrokkingOutcome.Confusion, verdict.Outcome);
        Assert.Null(verdict.MemorizationStep);
        Assert.Null(verdict.Plateau);
        Assert.Null(verdict.Jump);
    }

    [Fact]
    public void Losing_what_was_reached_is_collapse_and_a_passing_dip_is_not()
    {
        var lost = Evaluation.Grokking.Analyze(Curve(s => s >= 100 ? 1 : 0, s => s is >= 1000 and < 3000 ? 1 : 0.2), _options);
        Assert.Equal((GrokkingOutcome.Collapsed, 3000), (lost.Outcome, lost.LostStep));
        var dip = Evaluation.Grokking.Analyze(
            Curve(s => s >= 100 ? 1 : 0, s => s is >= 1000 and not (2000 or 2020 or 4000) ? 1 : 0.2), _options);
        Assert.Equal((GrokkingOutcome.Grokked, null), (dip.Outcome, dip.LostStep));
        var forgot = Evaluation.Grokking.Analyze(Curve(s => s is >= 100 and < 3000 ? 1 : 0, _ => 0.2), _options);
        Assert.Equal((GrokkingOutcome.Collapsed, 3000), (forgot.Outcome, forgot.LostStep));
    }

    [Fact]
    public void Ending_just_below_the_threshold_is_not_collapse()
    {
        var verdict = Evaluation.Grokking.Analyze(Curve(s => s >= 100 ? 1 : 0, s => s < 1000 ? 0.2 : s < 2000 ? 0.991 : 0.985), _options);
        Assert.Equal(GrokkingOutcome.Grokked, verdict.Outcome);
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_collapse()
    {
        var verdict = Evaluation.Grokking.Analyze(Curve(s => s >= 100 ? 1 : 0, _ => 0.1), _options, nonfinite: true);
        Assert.Equal((GrokkingOutcome.Collapsed, 100), (verdict.Outcome, verdict.MemorizationStep));
    }

    [Fact]
    public void A_crossing_counts_only_when_it_lasts()
    {
        // Above at 1000 and 1020, below at 1040, above for good from 1100.
        var curve = Curve(s => s >= 100 ? 1 : 0, s => s is 1000 or 1020 or >= 1100 ? 1 : 0.2);
        Assert.Equal(1100, Evaluation.Grokking.Analyze(curve, _options).GeneralizationStep);
        var twice = _options with { Generalization = new() { ForEvaluations = 2 } };
        Assert.Equal(1000, Evaluation.Grokking.Analyze(curve, twice).GeneralizationStep);
    }

    [Fact]
    public void A_crossing_too_near_the_end_is_not_confirmed()
    {
        var curve = Curve(s => s >= 100 ? 1 : 0, s => s >= 3980 ? 1 : 0.2);      // two evaluations: 3980 and 4000
        Assert.Equal(GrokkingOutcome.MemorizedOnly, Evaluation.Grokking.Analyze(curve, _options).Outcome);
    }

    [Fact]
    public void Reaching_a_threshold_exactly_is_reaching_it()
    {
        Assert.Equal(0, Evaluation.Grokking.Analyze([new(0, 0.99, 0)], _options).MemorizationStep);
    }

    [Fact]
    public void Memorization_at_step_0_counts_as_1_in_the_ratio()
    {
        var verdict = Evaluation.Grokking.Analyze(Curve(_ => 1, s => s >= 400 ? 1 : 0.1), _options);
        Assert.Equal((0, 400.0, GrokkingOutcome.Grokked), (verdict.MemorizationStep, verdict.Ratio, verdict.Outcome));
    }

    [Fact]
    public void Carvalhos_quantities_are_read_off_a_constructed_curve()
    {
        // Train ends at 0.995: σ_E = 0.985 with the band 0.01. Validation 0.865, inside the band from 2000 on.
        var verdict = Evaluation.Grokking.Analyze(
            Curve(s => s < 100 ? 0.4 : 0.995, s => s < 100 ? 0.3 : s < 2000 ? 0.865 : 0.99), _options);
        var q = verdict.Carvalho;
        Assert.Equal((0.995, 100, 2000, 2000, 1900), (q.Limit, q.Alpha0, q.Alpha1, q.Support, q.Transition));
        Assert.Equal(0.985, q.SigmaE, 12);
        Assert.Equal(0.865, q.SigmaS);
        Assert.Equal(0.12, q.DeltaS!.Value, 12);
        Assert.Equal(0.01, q.DeltaT, 12);
        Assert.True(q is { Censored: true, Grokked: true, Partial: false });
    }

    [Fact]
    public void A_support_that_ends_must_be_ten_times_the_transition()
    {
        // Transition 200 steps; support 1800 (too short), 2000 (enough).
        GrokkingVerdict Until(long end) => Evaluation.Grokking.Analyze(
            Curve(s => s >= 100 ? 1 : 0, s => s >= 300 && s < end ? 1 : 0.2), _options);
        Assert.Equal((1800, false, false), (Until(2100).Carvalho.Support, Until(2100).Carvalho.Censored, Until(2100).Carvalho.Grokked));
        Assert.Equal((2000, true), (Until(2300).Carvalho.Support, Until(2300).Carvalho.Grokked));
    }

    [Fact]
    public void Curves_without_points_or_order_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Evaluation.Grokking.Analyze([], _options));
        Assert.Throws<ArgumentException>(() => Evaluation.Grokking.Analyze([new(5, 0, 0), new(5, 0, 0)], _options));
    }

    [Fact]
    public void Options_name_what_is_wrong_with_them()
    {
        var options = new GrokkingOptions
        {
            Generalization = new() { Accuracy = 1.2, ForEvaluations = 0 },
            MinimumRatio = double.NaN,
            Band = 1,
        };
        Assert.Equal(
            ["generalization.accuracy", "generalization.for_evaluations", "minimum_ratio", "band"],
            options.Problems().Select(problem => problem.Option));
        Assert.Empty(_options.Problems());
    }

    private static List<CurvePoint> Curve(Func<long, double> train, Func<long, double> validation) =>
        [.. Enumerable.Range(0, 201).Select(i => new CurvePoint(20 * i, train(20 * i), validation(20 * i)))];
}
