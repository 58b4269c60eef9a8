using System.Text.RegularExpressions;
using System.Xml.Linq;
using GrokPipeline.Reports;

namespace GrokPipeline.Tests.Reports;

public sealed partial class ReportTests
{
    [Fact]
    public void The_same_content_gives_the_same_bytes()
    {
        var (first, second) = (ReportWriter.Write(SampleReport.Content()), ReportWriter.Write(SampleReport.Content()));
        Assert.Equal(first.Html, second.Html);
        Assert.Equal(first.Figures, [.. second.Figures]);
    }

    [Fact]
    public void A_crossing_at_the_last_checkpoints_is_not_called_never()
    {
        ReportOnset Of(string name, long? step, long? unconfirmed) => new(name, step, 10, 0.5, 0.5, 0.99, 3, unconfirmed, 4);
        Assert.Equal(
            "validation reaches the accuracy at step 290, not confirmed by enough checkpoints; band at step 300, not confirmed, "
            + "noisy never (best 0.500).",
            GrokPipeline.Reports.Sections.TrajectorySection.Sentence([Of("validation", null, 290), Of("band", null, 300), Of("noisy", null, null)]));
    }

    [Fact]
    public void Every_figure_is_a_drawing_with_a_description_and_numbers()
    {
        var figures = ReportWriter.Write(SampleReport.Content()).Figures;
        Assert.Equal(["accuracy", "loss", "weight-norm", "trajectory", "fourier-0"], figures.Select(figure => figure.Id));
        XNamespace svg = "http://www.w3.org/2000/svg";
        foreach (var figure in figures)
        {
            var root = XDocument.Parse(figure.Svg).Root!;
            Assert.Equal(figure.Title, root.Element(svg + "title")!.Value);
            Assert.NotEmpty(root.Element(svg + "desc")!.Value);
            Assert.Contains(root.Descendants(), e => e.Name == svg + "path" || e.Name == svg + "rect");
            Assert.True(figure.Csv.Split('\n').Length > 40);
        }
    }

    [Fact]
    public void The_curve_of_a_split_ends_where_its_last_value_is()
    {
        var figure = ReportWriter.Write(SampleReport.Content()).Figures[0];
        var last = figure.Csv.Split('\n').Last(line => line.StartsWith("validation,", StringComparison.Ordinal)).Split(',');
        var path = XDocument.Parse(figure.Svg).Descendants().Last(e => e.Name.LocalName == "path" && (string?)e.Attribute("class") == "line s1").Attribute("d")!.Value;
        var end = path[(path.LastIndexOf('L') + 1)..].Split(' ').Select(Number).ToArray();
        Assert.Equal(740, end[0], 0.1);                                 // the right end of the axis
        Assert.Equal(292 - (222 * Number(last[2])), end[1], 0.1);   // 0 at 292, 1 at 70
    }

    [Fact]
    public void Hostile_text_is_shown_as_text_everywhere()
    {
        string[] hostile =
        [
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'-alert(1)-'", "</title><script>alert(1)</script>", "</style><svg onload=alert(1)>",
            "javascript:alert(1)", "<!--", "]]>", "&lt;script&gt;", "</script><script>alert(1)</script>", "\u0000\u0007<b>", "<iframe srcdoc=x>", "${alert(1)}", "{{7*7}}",
        ];
        foreach (var text in hostile)
        {
            var html = ReportWriter.Write(SampleReport.Content(_ => text)).Html;
            Assert.Single(Regex.Matches(html, "<script"));
            Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<iframe", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<b>\n", html, StringComparison.Ordinal);
            Assert.DoesNotMatch(OnAttribute(), html);
        }
    }

    [Fact]
    public void Nothing_outside_the_file_is_asked_for()
    {
        var html = ReportWriter.Write(SampleReport.Content()).Html;
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(Outside(), html);
    }

    [Fact]
    public void A_run_without_any_result_still_has_a_report()
    {
        var empty = new ReportContent { Experiment = "e", Title = "E", Verdict = new("confusion", null, null, []) };
        var output = ReportWriter.Write(empty);
        Assert.Empty(output.Figures);
        Assert.Contains("Reached neither threshold", output.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sentence_says_whether_others_generalize_when_validation_does()
    {
        var html = ReportWriter.Write(SampleReport.Content()).Html;
        Assert.Contains(
            "validation generalizes at step 1,840; band 160 steps later, noisy never (best 0.900).", html, StringComparison.Ordinal);
        Assert.Contains("href=\"#trajectory\"", html, StringComparison.Ordinal);
        Assert.Contains("TV of classes", html, StringComparison.Ordinal);
        Assert.DoesNotContain("KL of groups", html, StringComparison.Ordinal);              // there are none
        var without = ReportWriter.Write(SampleReport.Content() with { Trajectory = [], Generalization = [], Shifts = [] });
        Assert.DoesNotContain("href=\"#trajectory\"", without.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(without.Figures, figure => figure.Id == "trajectory");
    }

    [Fact]
    public void The_analysis_names_what_was_not_reached_and_what_a_stop_costs()
    {
        var html = ReportWriter.Write(SampleReport.Content()).Html;
        Assert.Contains("<td>liu <small>not grokked</small></td><td class=\"n\">120</td><td class=\"n\">–</td>", html, StringComparison.Ordinal);
        Assert.Contains("<td>DNF-test</td>", html, StringComparison.Ordinal);
        Assert.Contains(
            "<td class=\"n\">3,360 <small>factor needed: 10.4</small></td><td class=\"n\">640</td><td>no</td><td>validation 0.020</td>", html,
            StringComparison.Ordinal);
        Assert.Contains("not judged <small>weight_norm is not among train.metrics</small>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_index_links_every_experiment()
    {
        var content = SampleReport.Content();
        var html = IndexPage.Write([new("a", "First", content.Verdict, content.Curves[1], "good"), new("b<", "Second", new("confusion", null, null, []), null, "")]);
        Assert.Contains("href=\"a/report/report.html\"", html, StringComparison.Ordinal);
        Assert.Contains("href=\"b%3C/report/report.html\"", html, StringComparison.Ordinal);
    }

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    // A tag, whole attributes, then an attribute that is a handler; text inside quotes is not one.
    [GeneratedRegex("<[a-z][a-z0-9]*(\\s+[a-z:-]+=\"[^\"]*\")*\\s+on[a-z]+\\s*=", RegexOptions.IgnoreCase)]
    private static partial Regex OnAttribute();

    [GeneratedRegex("(src|href|url)\\s*[=(]\\s*[\"']?(https?:|//|file:)", RegexOptions.IgnoreCase)]
    private static partial Regex Outside();
}
