using GrokPipeline.Onnx;
using GrokPipeline.Stages.Exports;

namespace GrokPipeline.Stages.Tests.Exports;

/// <summary>What differences are allowed, and which is named.</summary>
public sealed class ParityRuleTests
{
    [Fact]
    public void The_first_value_in_the_order_of_computation_is_named_and_not_the_worst_or_an_output()
    {
        var error = Refused(Of("embed", 1e-6), Of("blocks.0.attn.pattern", 2e-3, 50), Of("logits", 0.5, 50));
        Assert.Contains("'blocks.0.attn.pattern' on rows, row 3,", error.Problem, StringComparison.Ordinal);
        Assert.Contains("(step 7, batch of 2)", error.Problem, StringComparison.Ordinal);
        Assert.Contains("a mistake in an engine", error.Remedy, StringComparison.Ordinal);
        Assert.Contains("--tolerance", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Large_scores_allow_more_up_to_a_hundredth_which_the_message_says()
    {
        Check(Of("blocks.0.attn.pattern", 1.2e-4, 50), Of("logits", 4.6e-5, 50), Of("probabilities", 9e-3, 1e9));
        Assert.Contains("'logits'", Refused(Of("logits", 1.2e-5)).Problem, StringComparison.Ordinal);
        Assert.Contains("so large that rounding is amplified 1.0e+9 times", Refused(Of("probabilities", 0.02, 1e9)).Remedy,
            StringComparison.Ordinal);
    }

    private static GrokException Refused(params ParityDifference[] differences) =>
        Assert.Throws<GrokException>(() => Check(differences));

    private static void Check(params ParityDifference[] differences) => ParityRules.Check(
        new([2], [new("rows", 4)], [.. differences.Reverse()], []) { InOrder = [.. differences] }, 7, 1e-5);

    private static ParityDifference Of(string name, double relative, double condition = 1) =>
        new(name, "rows", relative, relative, 1, 4, 4, new(3, 2, 1, 1 + relative)) { Condition = condition };
}
