using GrokPipeline.Evaluation;

namespace GrokPipeline.Tests.Grokking;

public sealed class MetricLogTests
{
    // Rows as training writes them: a step that was not evaluated has no accuracy, a metric may begin late.
    private static readonly MetricLog _log = MetricLog.Of(
    [
        (20, "train", "accuracy", 1.0), (20, "validation", "accuracy", 0.5), (20, "train", "loss", 0.1), (20, "model", "weight_norm", 3),
        (0, "train", "accuracy", 0.1), (0, "validation", "accuracy", 0.2), (15, "train", "batch_loss", double.NaN),
    ]);

    [Fact]
    public void Steps_are_those_that_were_evaluated()
    {
        Assert.Equal([0L, 20], _log.Steps);
        Assert.Equal(["train", "validation"], _log.Splits);
    }

    [Fact]
    public void A_number_that_was_not_measured_is_NaN()
    {
        Assert.Equal([double.NaN, 3], _log.Values("model", "weight_norm"));
        Assert.Null(_log.Values("model", "spectral_entropy"));
        Assert.Null(_log.Values("train", "batch_loss"));
    }

    [Fact]
    public void A_curve_reads_the_splits_that_the_definitions_name()
    {
        var swapped = new GrokkingOptions { Memorization = new() { Split = "validation" }, Generalization = new() { Split = "train" } };
        Assert.Equal([new(0, 0.1, 0.2), new(20, 1, 0.5, 0.1)], _log.Curve(new GrokkingOptions()));
        Assert.Equal([new(0, 0.2, 0.1), new(20, 0.5, 1, double.NaN, 0.1)], _log.Curve(swapped));
    }
}
