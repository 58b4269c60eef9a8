using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Sweeps;

namespace GrokPipeline.Tests.Sweeps;

public sealed class SweepSummaryTests
{
    [Fact]
    public void A_cell_holds_the_members_of_equal_settings_in_the_order_of_the_plan()
    {
        SweepMember[] members = [Of(3, 100, 900, "0.3"), Of(0, 100, 2000, "0.3"), Of(1, 100, null, "0.2"), Of(2, 100, 1000, "0.3")];
        var summary = SweepSummary.Of(members);
        Assert.Equal(["0.3", "0.2"], summary.Cells.Select(cell => cell.Settings[0].Value));
        Assert.Equal([0, 2, 3], summary.Cells[0].Members.Select(member => member.Member.Index));
        Assert.Equal(["0.2", "0.3"], summary.Axes.Single().Values);
        Assert.Equal((1000, 900), (summary.Cells[0].Generalization.Median, summary.Cells[0].MedianDelay));
        Assert.Equal((null, null), (summary.Cells[1].Generalization.Median, summary.Cells[1].MedianDelay));
        Assert.Equal(3 / 4.0, summary.Total.GrokRate!.Value.Value);
    }

    [Fact]
    public void Members_that_did_not_generalize_make_the_median_later()
    {
        SweepMember[] members = [Of(0, 100, 1000, "a"), Of(1, 100, 2000, "a"), Of(2, 100, null, "a"), Of(3, 100, null, "a"), Of(4, 100, null, "a")];
        var total = SweepSummary.Of(members).Total;
        Assert.Null(total.Generalization.Median);                   // three of five did not: not reached
        Assert.Equal(1400, total.MedianDelay);                      // of the two that did: 900 and 1900
        Assert.Equal(100, total.MedianMemorizationStep);
    }

    [Fact]
    public void Those_that_failed_are_in_no_rate()
    {
        var total = SweepSummary.Of([Of(0, 100, 2000, "a"), Members.Failed(1, new SweepSetting("params.x", "a"))]).Total;
        Assert.Equal((1.0, 1, 1, 1), (total.GrokRate!.Value.Value, total.Counts.Observed, total.Counts.Failed, total.Generalization.Count));
        var none = SweepSummary.Of([Members.Failed(0)]).Total;
        Assert.Equal((null, null, null), (none.GrokRate, none.GeneralizationRate, none.Counts.Majority));
    }

    [Fact]
    public void Phases_and_failures_are_a_partition_of_the_members()
    {
        var draws = new Seed(8).Stream();
        for (var round = 0; round < 50; round++)
        {
            SweepMember[] members = [.. Enumerable.Range(0, 1 + draws.NextBelow(20)).Select(i => Random(draws, i))];
            foreach (var criterion in SweepCriterion.Others.Append(SweepCriterion.Configured))
            {
                var summary = SweepSummary.Of(members, criterion);
                var counts = summary.Total.Counts;
                Assert.Equal(members.Length, counts.Generalized + counts.MemorizedOnly + counts.Confusion + counts.Collapsed + counts.Failed);
                Assert.Equal(members.Length, counts.Observed + counts.Failed);
                Assert.Equal(counts.Observed, summary.Total.Generalization.Count);
                Assert.Equal(members.Length, summary.Cells.Sum(cell => cell.Members.Length));
                foreach (var phase in Enum.GetValues<GrokkingOutcome>())
                {
                    Assert.Equal(counts[phase], summary.Cells.Sum(cell => cell.Counts[phase]));
                }
            }
        }
    }

    [Theory]
    [InlineData(2, 1, 0, 0, 0, GrokkingOutcome.Grokked)]
    [InlineData(1, 1, 0, 0, 0, GrokkingOutcome.Comprehension)]
    [InlineData(2, 0, 2, 0, 0, GrokkingOutcome.MemorizedOnly)]
    [InlineData(1, 1, 1, 1, 0, GrokkingOutcome.Confusion)]
    [InlineData(1, 1, 1, 1, 1, GrokkingOutcome.Collapsed)]
    public void Of_equally_many_the_phase_that_claims_less_is_the_majority(int g, int c, int m, int x, int l, GrokkingOutcome phase) =>
        Assert.Equal(phase, new PhaseCounts(g, c, m, x, l, 9).Majority);

    [Theory]
    [InlineData("0.1 0.2 0.3 0.4", AxisSpacing.Linear)]
    [InlineData("0.001 0.0032 0.01 0.032 0.1", AxisSpacing.Logarithmic)]
    [InlineData("1.0e-5 1.0e-4 1.0e-3", AxisSpacing.Logarithmic)]
    [InlineData("0 0.1 1", AxisSpacing.Irregular)]
    [InlineData("0.001 1", AxisSpacing.Logarithmic)]
    [InlineData("adamw sgd", AxisSpacing.Irregular)]
    public void How_values_lie_is_seen(string values, AxisSpacing spacing) =>
        Assert.Equal(spacing, new OptionAxis("x", [.. values.Split(' ')]).Spacing);

    [Fact]
    public void Numbers_ascend_on_an_axis_and_words_keep_the_order_of_the_plan()
    {
        var axes = SweepSummary.Of([
            Members.Of(0, 1, 1, 4000, new SweepSetting("rate", "1.0e-2"), new SweepSetting("optimizer", "sgd")),
            Members.Of(1, 1, 1, 4000, new SweepSetting("rate", "3.0e-3"), new SweepSetting("optimizer", "adamw"))]).Axes;
        Assert.Equal(["3.0e-3", "1.0e-2"], axes[0].Values);
        Assert.Equal(["sgd", "adamw"], axes[1].Values);
        Assert.Equal((true, false), (axes[0].Numeric, axes[1].Numeric));
    }

    [Fact]
    public void The_table_holds_every_member()
    {
        SweepMember[] members = [Of(0, 100, 2000, "0.3"), Of(1, 100, null, "0.2"), Members.Failed(2, new SweepSetting("params.x", "0.2"))];
        var table = MemberTables.Members(SweepSummary.Of(members));
        Assert.Equal([0.3, 0.2, 0.2], table.Float64("params.x").ToArray());
        Assert.Equal(["grokked", "memorized only", null], table.Text("phase"));
        Assert.Equal(["budget", "budget", "failed"], table.Text("ending"));
        Assert.Equal([1900, double.NaN, double.NaN], table.Float64("delay").ToArray());
        Assert.Equal([2000, double.NaN, double.NaN], table.Float64("generalization_step_90").ToArray());
        Assert.Equal(["", "DNF-test", null], table.Text("not_reached"));
        Assert.Equal(["", "", null], table.Text("collapse"));
        Assert.Equal(["no", "no", null], table.Text("partial"));
        Assert.Equal([1, 0.1, double.NaN], table.Float64("validation_accuracy").ToArray());
        Assert.Equal([null, null, "disk full"], table.Text("error"));
        Assert.All(table.Schema, column => Assert.NotEmpty(column.Description));
    }

    private static SweepMember Of(int index, long? memorized, long? generalized, string value) =>
        Members.Of(index, memorized, generalized, 4000, new SweepSetting("params.x", value));

    private static SweepMember Random(RandomStream draws, int index)
    {
        long? Step() => draws.NextBelow(3) == 0 ? null : Members.Every * draws.NextBelow(150);
        var member = Of(index, Step(), Step(), draws.NextBelow(2) == 0 ? "a" : "b");
        return draws.NextBelow(6) switch
        {
            0 => member with { Ending = MemberEnding.Failed, Error = "e" },
            1 => member with { Ending = MemberEnding.Collapsed },
            2 => member with { Nonfinite = true },
            _ => member,
        };
    }
}
