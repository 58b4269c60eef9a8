using GrokPipeline.Evaluation;

namespace GrokPipeline.Tests.Grokking;

public sealed class GrokkingTimesTests
{
    // Every 100 steps. Train is learnt at 100. Validation passes 0.95 at 1000, dips to 0.5 at 1200, and stays above 0.99 from 1500 on,
    // after it touched 0.99 once, at 1100. Losses fall tenfold every 500 steps.
    private static readonly CurvePoint[] _log = [.. Enumerable.Range(0, 41).Select(i => At(100 * i))];

    [Theory]
    [InlineData("power", 100, 1100)]
    [InlineData("manir", 100, 1100)]
    [InlineData("liu", 100, 900)]
    [InlineData("omnigrok", 100, 1000)]
    [InlineData("levi", 100, 1100)]          // 0.952 at 1000 is between 0.95 and Erf(√2)
    [InlineData("loss_0.1", 600, 1100)]      // 10^(-(step - 1) / 500): 0.1005 at 500
    [InlineData("loss_1e-3", 1600, 2100)]
    [InlineData("loss_1e-6", 3100, 3600)]
    [InlineData("carvalho", 100, 1500)]
    [InlineData("sustained_3", 100, 1500)]
    [InlineData("strict", 1, 1401)]
    public void Each_definition_reads_its_own_steps(string definition, long train, long test)
    {
        var time = Time(_log, definition);
        Assert.Equal((train, test, test - train), (time.TrainStep, time.TestStep, time.Delay));
        Assert.Equal(test / (double)train, time.Ratio);
        Assert.Equal(UnfinishedKind.None, time.Unfinished);
    }

    [Theory]
    [InlineData(1099, null, false)]          // a delay of 999 steps
    [InlineData(1100, null, true)]
    [InlineData(100_001, null, false)]       // after the first 100,000 steps
    [InlineData(null, UnfinishedKind.Test, null)]
    public void Liu_et_al_ask_for_a_gap_within_a_budget(int? generalized, UnfinishedKind? unfinished, bool? grokked)
    {
        CurvePoint[] log = [new(0, 0, 0), new(100, 1, 0), new(generalized ?? 2000, 1, generalized is null ? 0.5 : 1)];
        var time = Time(log, "liu");
        Assert.Equal(unfinished ?? UnfinishedKind.None, time.Unfinished);
        Assert.Equal(grokked ?? false, time.Grokked);
    }

    [Fact]
    public void What_is_not_reached_says_which_threshold()
    {
        CurvePoint[] never = [new(0, 0.1, 0.1), new(10, 0.5, 1), new(20, 0.5, 1)];
        CurvePoint[] memorized = [new(0, 0.1, 0.1), new(10, 1, 0.2), new(20, 1, 0.3)];
        Assert.Equal((null, 10, UnfinishedKind.Train),
            (Time(never, "power").TrainStep, Time(never, "power").TestStep, Time(never, "power").Unfinished));
        Assert.Equal((10, null, UnfinishedKind.Test),
            (Time(memorized, "power").TrainStep, Time(memorized, "power").TestStep, Time(memorized, "power").Unfinished));
        Assert.Null(Time(memorized, "power").Delay);
        Assert.Null(Time(memorized, "power").Ratio);
        Assert.Equal((1, UnfinishedKind.Test), (Time(memorized, "strict").TrainStep, Time(memorized, "strict").Unfinished));
    }

    [Fact]
    public void A_threshold_held_from_the_first_evaluation_is_reached_there()
    {
        CurvePoint[] log = [new(5, 1, 1), new(10, 1, 1), new(15, 1, 1)];
        Assert.Equal((5, 5), (Time(log, "strict").TrainStep, Time(log, "strict").TestStep));
    }

    [Fact]
    public void The_kind_that_did_not_finish_has_the_name_that_papers_use()
    {
        GrokkingTime Of(long? train, long? test) => new("power", "", train, test);
        Assert.Equal(["DNF-train", "DNF-train", "DNF-test", ""],
            ((GrokkingTime[])[Of(null, null), Of(null, 10), Of(10, null), Of(10, 20)]).Select(time => time.UnfinishedName));
    }

    [Fact]
    public void The_representation_dates_by_probed_checkpoints()
    {
        var time = GrokkingTimes.OfRepresentation(_log, [(0, 0.1), (640, 0.95), (1280, 0.96), (2560, 1)]);
        Assert.Equal((100, 1280), (time.TrainStep, time.TestStep));                  // 0.95 itself is not above 0.95
        Assert.Equal(UnfinishedKind.Test, GrokkingTimes.OfRepresentation(_log, [(0, 0.1)]).Unfinished);
    }

    [Fact]
    public void Without_losses_there_are_no_times_by_loss() =>
        Assert.DoesNotContain(
            GrokkingTimes.Of([new(0, 0.1, 0.1), new(10, 1, 1)]), time => time.Definition.StartsWith("loss", StringComparison.Ordinal));

    private static GrokkingTime Time(IReadOnlyList<CurvePoint> log, string definition) =>
        GrokkingTimes.Of(log).Single(time => time.Definition == definition);

    private static CurvePoint At(long step) => new(
        step, step >= 100 ? 1 : 0.2,
        step switch { < 900 => 0.3, 900 => 0.9, 1000 => 0.952, 1100 => 0.99, 1200 => 0.5, < 1500 => 0.8, _ => 1 },
        Math.Pow(10, -(step - 1) / 500.0), Math.Pow(10, -(step - 501) / 500.0));
}
