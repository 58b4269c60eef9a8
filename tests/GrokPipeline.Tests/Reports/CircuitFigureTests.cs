using GrokPipeline.Reports;

namespace GrokPipeline.Tests.Reports;

/// <summary>Figures of circuit probes, read back from their numbers.</summary>
public sealed class CircuitFigureTests
{
    private static readonly long[] _steps = [0, 100, 1000];

    [Fact]
    public void Restricted_and_excluded_loss_are_lines_over_steps()
    {
        var figure = Figure("progress-losses",
        [
            .. _steps.SelectMany(step => new ReportFinding[]
            {
                new(step, "", "progress", "train", "full_loss", 1 + step, "", 0),
                new(step, "", "progress", "all", "restricted_loss", 2 + step, "", 0),
                new(step, "", "progress", "train", "excluded_loss", 3 + step, "", 0),
            }),
        ]);
        Assert.Equal(
            ["train,0,1", "train,100,101", "train,1000,1001"], Lines(figure).Where(line => line.StartsWith("train", StringComparison.Ordinal)));
        Assert.Contains("\"excluded, train\",1000,1003", Lines(figure));
        Assert.Contains("\"restricted, all pairs\",0,2", Lines(figure));
    }

    [Fact]
    public void Two_checkpoints_are_shown_by_the_table_alone()
    {
        var findings = _steps.Take(2).Select(step => new ReportFinding(step, "final", "progress", "train", "full_loss", 1, "", 0)).ToArray();
        Assert.DoesNotContain(Write(findings).Figures, figure => figure.Id == "progress-losses");
        Assert.Contains("full loss", Write(findings).Html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_goes_round_in_the_order_of_its_frequency()
    {
        // Of five values and frequency 2: 0, 3, 1, 4, 2 stand at turns 0, 1/5, …, 4/5.
        var figure = Figure("circle-0",
        [
            .. Enumerable.Range(0, 5).SelectMany(a => new ReportFinding[]
            {
                new(9, "final", "circle", "embed.weight at 2", $"x[{a}]", Math.Cos(4 * Math.PI * a / 5), "", 0),
                new(9, "final", "circle", "embed.weight at 2", $"y[{a}]", Math.Sin(4 * Math.PI * a / 5), "", 0),
            }),
        ]);
        Assert.Equal(["0", "3", "1", "4", "2"], Lines(figure).Skip(1).Select(line => line.Split(',')[1]));
    }

    [Fact]
    public void Attention_is_a_map_of_heads_by_tokens()
    {
        var figure = Figure("attention-map",
        [
            .. Enumerable.Range(0, 4).Select(j => new ReportFinding(9, "final", "attention", "blocks.0.attn.pattern head 1", $"to[{j}]", j / 6.0, "", 0)),
        ]);
        Assert.Equal(["final,blocks.0 head 1,a,0", "final,blocks.0 head 1,=,0.5"], Lines(figure).Skip(1).Where(line => line.Contains(",a,", StringComparison.Ordinal) || line.Contains(",=,", StringComparison.Ordinal)));
    }

    [Fact]
    public void Parts_and_frequencies_that_are_taken_away_have_bars()
    {
        var loss = Figure("ablation-loss",
        [
            new(9, "final", "ablation", "hidden.0, zero", "loss_change", 7, "", 0), new(9, "final", "ablation", "hidden.0, mean", "loss_change", 4, "", 0),
            new(9, "final", "ablation", "hidden.1, mean", "loss_change", 2, "", 0),
        ]);
        Assert.Equal(["1,4", "2,2"], Lines(loss).Skip(1));
        var accuracy = Figure("frequency-ablation",
        [
            new(9, "final", "frequency_ablation", "embed.weight", "accuracy", 1, "", 0), new(9, "final", "frequency_ablation", "embed.weight", "keys_only_accuracy", 0.9, "", 0),
            new(9, "final", "frequency_ablation", "embed.weight", "without_keys_accuracy", 0.1, "", 0), new(9, "final", "frequency_ablation", "embed.weight", "accuracy[7]", 0.4, "", 0),
        ]);
        Assert.Equal(["whole,1", "keys only,0.9", "no keys,0.1", "no 7,0.4"], Lines(accuracy).Skip(1));
    }

    private static string[] Lines(ReportFigure figure) => figure.Csv.Trim().Split('\n');

    private static ReportFigure Figure(string id, ReportFinding[] findings) => Assert.Single(Write(findings).Figures, figure => figure.Id == id);

    private static ReportOutput Write(ReportFinding[] findings) =>
        ReportWriter.Write(new()
        {
            Experiment = "e", Title = "e", Verdict = new("grokked", 10, 100, []), Findings = [.. findings],
        });
}
