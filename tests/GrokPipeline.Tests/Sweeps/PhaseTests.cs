using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Statistics;
using GrokPipeline.Evaluation.Sweeps;

namespace GrokPipeline.Tests.Sweeps;

public sealed class PhaseTests
{
    private static readonly GrokkingOptions _liu = new()
    {
        Memorization = new() { Accuracy = 0.9 },
        Generalization = new() { Accuracy = 0.9 },
        MinimumRatio = 1,
        MinimumDelay = 1000,
    };

    [Theory]
    [InlineData(100L, 2000L, GrokkingOutcome.Grokked)]
    [InlineData(100L, 200L, GrokkingOutcome.Grokked)]             // exactly twice as late
    [InlineData(100L, 180L, GrokkingOutcome.Comprehension)]
    [InlineData(1000L, 200L, GrokkingOutcome.Comprehension)]
    [InlineData(null, 200L, GrokkingOutcome.Comprehension)]
    [InlineData(100L, null, GrokkingOutcome.MemorizedOnly)]
    [InlineData(null, null, GrokkingOutcome.Confusion)]
    public void A_curve_has_a_phase(long? memorized, long? generalized, GrokkingOutcome phase) =>
        Assert.Equal(phase, Verdict(Members.Of(0, memorized, generalized)).Phase);

    [Theory]
    [InlineData(100L, 1100L, GrokkingOutcome.Grokked)]            // exactly the least delay
    [InlineData(100L, 1080L, GrokkingOutcome.Comprehension)]      // ten times as late, and yet too soon
    [InlineData(2000L, 3000L, GrokkingOutcome.Grokked)]           // not twice as late
    public void The_rule_of_Liu_et_al_looks_at_the_delay_in_steps(long memorized, long generalized, GrokkingOutcome phase) =>
        Assert.Equal(phase, Verdict(Members.Of(0, memorized, generalized) with { Definitions = _liu }).Phase);

    [Fact]
    public void A_least_delay_below_0_is_named() =>
        Assert.Equal(["minimum_delay"], new GrokkingOptions { MinimumDelay = -1 }.Problems().Select(problem => problem.Option));

    [Fact]
    public void A_member_that_failed_is_no_data_even_when_it_has_a_curve()
    {
        var verdict = Verdict(Members.Of(0, 100, 2000) with { Ending = MemberEnding.Failed, Error = "disk full" });
        Assert.Equal((null, null, null), (verdict.Phase, verdict.Generalization, verdict.Delay));
    }

    [Fact]
    public void A_member_that_was_ended_because_it_generalized_is_an_event_at_its_generalization_step()
    {
        var member = Members.Of(0, 100, 2000);
        var verdict = Verdict(member with { Ending = MemberEnding.Generalized, Steps = 2060, Curve = member.Curve[..104] });
        Assert.Equal(
            (GrokkingOutcome.Grokked, new Lifetime(2000, true), new Lifetime(1900, true)),
            (verdict.Phase, verdict.Generalization, verdict.Delay));
    }

    [Fact]
    public void A_member_at_its_budget_is_censored_at_its_last_evaluation()
    {
        var verdict = Verdict(Members.Of(0, 100, null));
        Assert.Equal((new Lifetime(4000, false), new Lifetime(3900, false)), (verdict.Generalization, verdict.Delay));
        Assert.Null(Verdict(Members.Of(0, null, null)).Delay);
    }

    [Fact]
    public void A_collapse_censors_at_the_step_from_which_it_was_lost()
    {
        var member = Members.Of(0, 100, null) with { Curve = Members.Curve(4000, step => step is >= 100 and < 3000 ? 1 : 0.1, _ => 0.1) };
        var verdict = Verdict(member);
        Assert.Equal((GrokkingOutcome.Collapsed, new Lifetime(3000, false)), (verdict.Phase, verdict.Generalization));
    }

    [Fact]
    public void A_member_that_generalized_and_was_lost_later_is_collapsed_and_an_event()
    {
        var member = Members.Of(0, 100, null) with
        {
            Curve = Members.Curve(4000, step => step >= 100 ? 1 : 0.1, step => step is >= 1000 and < 3000 ? 1 : 0.1),
        };
        var verdict = Verdict(member);
        Assert.Equal((GrokkingOutcome.Collapsed, new Lifetime(1000, true)), (verdict.Phase, verdict.Generalization));
    }

    [Fact]
    public void Numbers_that_are_not_finite_and_an_ending_as_collapsed_are_collapse_by_any_criterion()
    {
        var member = Members.Of(0, 100, null);
        foreach (var criterion in SweepCriterion.Others.Append(SweepCriterion.Configured))
        {
            Assert.Equal(GrokkingOutcome.Collapsed, MemberVerdict.Of(member with { Nonfinite = true }, criterion).Phase);
            Assert.Equal(GrokkingOutcome.Collapsed, MemberVerdict.Of(member with { Ending = MemberEnding.Collapsed }, criterion).Phase);
        }
    }

    [Fact]
    public void A_criterion_changes_both_thresholds_or_the_evaluations_alone()
    {
        // Train reaches 0.96 at 100; validation 0.93 at 1000, and once 0.995 at 2000.
        var member = Members.Of(0, null, null) with
        {
            Curve = Members.Curve(4000, step => step >= 100 ? 0.96 : 0.1, step => step == 2000 ? 0.995 : step >= 1000 ? 0.93 : 0.1),
        };
        var steps = SweepCriterion.Others.ToDictionary(c => c.Name, c => MemberVerdict.Of(member, c).Verdict!);
        Assert.Equal((100, 1000), (steps["0.90"].MemorizationStep, steps["0.90"].GeneralizationStep));
        Assert.Equal((100, null), (steps["0.95"].MemorizationStep, steps["0.95"].GeneralizationStep));
        Assert.Equal((null, null), (steps["0.99"].MemorizationStep, steps["0.99"].GeneralizationStep));
        Assert.Equal((null, 2000), (steps["one evaluation"].MemorizationStep, steps["one evaluation"].GeneralizationStep));
    }

    private static MemberVerdict Verdict(SweepMember member) => MemberVerdict.Of(member, SweepCriterion.Configured);
}
