using System.Text.RegularExpressions;
using GrokPipeline.Reports;

namespace GrokPipeline.Tests.Reports;

/// <summary>Figures of probes over many checkpoints.</summary>
public sealed class ProbeFigureTests
{
    private static readonly long[] Steps = [0, 100, 400, 1000, 1840, 4000];

    [Fact]
    public void Points_move_by_a_style_that_rests_when_less_motion_is_wanted()
    {
        var output = ReportWriter.Write(Content());
        Assert.Single(Regex.Matches(output.Html, "<script"));
        Assert.Equal(Steps.Length, Regex.Count(output.Html, "<g style=\"animation-delay:"));
        Assert.Contains("@media (prefers-reduced-motion:reduce){#pca-0-steps-all>g{animation:none}#pca-0-steps-all>g:last-child{visibility:visible}}", output.Html, StringComparison.Ordinal);
        Assert.Contains(".plot:hover #pca-0-steps-all>g{animation-play-state:paused}", output.Html, StringComparison.Ordinal);
        var moving = output.Figures.Single(figure => figure.Id == "pca-0-steps");
        Assert.Equal(1 + (Steps.Length * 12), moving.Csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        var beside = output.Figures.Single(figure => figure.Id == "pca-0");
        Assert.Contains("before grokking (step 400), ", beside.Svg, StringComparison.Ordinal);
        Assert.Contains("final (step 4,000), ", beside.Svg, StringComparison.Ordinal);
    }

    [Fact]
    public void One_component_gives_no_plane() =>
        Assert.DoesNotContain(ReportWriter.Write(Content(f => f.Name.StartsWith("pc2", StringComparison.Ordinal))).Figures, f => f.Id.StartsWith("pca", StringComparison.Ordinal));

    [Theory]
    [InlineData("weight-travel")]
    [InlineData("tangent-kernel")]
    [InlineData("cka-final")]
    public void Measures_are_lines_over_steps(string figure) => Assert.Contains(ReportWriter.Write(Content()).Figures, f => f.Id == figure);

    [Fact]
    public void Structure_has_its_own_figures()
    {
        IEnumerable<ReportFinding> Of(long step) =>
        [
            new(step, "final", "rqi", "embed.weight", "rqi", step / 4000.0, "", 0), new(step, "", "coset_distance", "unembed.weight", "ratio", 0.9, "random_init", 0),
            .. Enumerable.Range(0, 6).SelectMany(c => (ReportFinding[])
                [new(step, "final", "tsne", "unembed.weight", $"x[{c}]", c, "", 0), new(step, "final", "tsne", "unembed.weight", $"y[{c}]", -c, "", 0)]),
        ];
        var output = ReportWriter.Write(Content() with { Findings = [.. Steps.SelectMany(Of)] });
        Assert.Equal(["rqi", "tsne-0", "tsne-0-steps"], output.Figures.Select(f => f.Id).Where(id => id is "rqi" or "coset-distance" || id.StartsWith("tsne", StringComparison.Ordinal)));
        Assert.Contains("The columns of unembed.weight, one per class, by t-SNE, final", output.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_read_on_two_splits_is_two_lines()
    {
        ReportFinding Phi(string split, long step) => new(step, "", "sharpness", $"loss on {split}", "phi", split == "train" ? 0.25 : 1.5, "", 0);
        var content = Content() with { Findings = [.. Steps.SelectMany(step => new[] { Phi("train", step), Phi("validation", step) })] };
        var figure = ReportWriter.Write(content).Figures.Single(f => f.Id == "sharpness");
        Assert.Contains("phi, loss on train", figure.Svg, StringComparison.Ordinal);
        Assert.Contains("phi, loss on validation", figure.Svg, StringComparison.Ordinal);
        Assert.DoesNotContain("0.875", figure.Csv, StringComparison.Ordinal);          // no mean of the two
    }

    [Fact]
    public void Progress_is_judged_when_the_model_generalized()
    {
        var content = Content();
        var html = ReportWriter.Write(content).Html;
        Assert.Contains("<h2>Progress measures</h2>", html, StringComparison.Ordinal);
        // Half of the way from 0.1 at step 400 to 0.9 is passed at step 1,000, 840 before 1,840.
        Assert.Matches("<td>tangent kernel</td><td>kernel</td><td>distance</td><td>rising</td><td class=\"n\">1,000</td><td class=\"n\">840</td><td class=\"n\">1.840</td><td class=\"n\">1.00</td><td>leads</td>", html);
        var never = content with { Verdict = content.Verdict with { GeneralizationStep = null } };
        Assert.DoesNotContain("Progress measures", ReportWriter.Write(never).Html, StringComparison.Ordinal);
    }

    private static ReportContent Content(Func<ReportFinding, bool>? without = null) => SampleReport.Content() with
    {
        Findings = [.. Steps.SelectMany(Findings).Where(finding => without?.Invoke(finding) != true)],
    };

    private static IEnumerable<ReportFinding> Findings(long step)
    {
        var mark = step switch { 400 => "before_grok", 1840 => "at_grok", 4000 => "final", _ => "" };
        for (var token = 0; token < 12; token++)
        {
            yield return new(step, mark, "pca", "embed.weight", $"pc1[{token}]", Math.Cos(token) * (step + 1), "", 0);
            yield return new(step, mark, "pca", "embed.weight", $"pc2[{token}]", Math.Sin(token) * (step + 1), "", 0);
        }
        yield return new(step, mark, "weight_travel", "all", "travel", step / 4000.0, "", 0);
        yield return new(step, mark, "cka", "hidden.0", "cka_to_final", step / 4000.0, "", 0);
        yield return new(step, mark, "tangent_kernel", "kernel", "distance", step switch { < 400 => 0, 400 => 0.1, 1000 => 0.6, _ => 0.9 }, "", 0);
    }
}
