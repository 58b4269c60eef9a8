using System.Text.RegularExpressions;
using System.Xml.Linq;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Reports.Sweeps;
using GrokPipeline.Testing;
using GrokPipeline.Tests.Sweeps;

namespace GrokPipeline.Tests.Reports;

public sealed partial class SweepReportTests
{
    private static readonly XNamespace _svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Sweeps => ["grid", "map", "line", "seeds", "random"];

    [Theory, MemberData(nameof(Sweeps))]
    public void The_same_members_give_the_same_bytes_in_any_order(string sweep)
    {
        var content = Content(sweep);
        var first = SweepReportWriter.Write(content);
        var second = SweepReportWriter.Write(content with { Members = [.. content.Members.Reverse()] });
        Assert.Equal(first.Html, second.Html);
        Assert.Equal(first.Figures, [.. second.Figures]);
    }

    [Theory, MemberData(nameof(Sweeps))]
    public void Every_figure_has_a_description_a_table_and_numbers(string sweep)
    {
        var output = SweepReportWriter.Write(Content(sweep));
        Assert.NotEmpty(output.Figures);
        Assert.Distinct(output.Figures.Select(figure => figure.Id));
        foreach (var figure in output.Figures)
        {
            var root = XDocument.Parse(figure.Svg).Root!;
            Assert.Equal(figure.Title, root.Element(_svg + "title")!.Value);
            Assert.Equal(figure.Alternative, root.Element(_svg + "desc")!.Value);
            Assert.NotEmpty(figure.Alternative);
            var lines = figure.Csv.TrimEnd('\n').Split('\n');
            Assert.True(lines.Length > 1);
            var inPage = Figure().Matches(output.Html).Single(match => match.Groups[1].Value == figure.Id).Value;
            Assert.Contains("<table>", inPage, StringComparison.Ordinal);
            Assert.Equal(Math.Min(400, lines.Length - 1), Regex.Count(inPage, "<tr><td"));
            Assert.Equal(lines[0].Split(',').Length, Regex.Count(inPage, "<th "));
        }
    }

    [Fact]
    public void Definitions_of_papers_count_those_that_did_not_finish()
    {
        // Three members reach both thresholds at 2000, one never generalizes, one never memorizes: the median of five is reached by three.
        var html = SweepReportWriter.Write(SampleSweep.Of(
            Members.Of(0, 100, 2000, 4000), Members.Of(1, 100, 2000, 4000), Members.Of(2, 100, 2000, 4000), Members.Of(3, 100, null, 4000),
            Members.Of(4, null, null, 4000))).Html;
        Assert.Matches(
            "<td>power</td><td class=\"n\">3 \\(60[^<]*<small>[^<]*</small></td><td class=\"n\">1</td><td class=\"n\">1</td><td class=\"n\">2,000", html);
    }

    [Theory, MemberData(nameof(Sweeps))]
    public void Nothing_outside_the_file_is_asked_for(string sweep)
    {
        var html = SweepReportWriter.Write(Content(sweep)).Html;
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(Outside(), html);
        Assert.Single(Regex.Matches(html, "<script"));
    }

    [Theory, MemberData(nameof(Sweeps))]
    public void No_drawing_leaves_its_frame(string sweep)
    {
        foreach (var figure in SweepReportWriter.Write(Content(sweep)).Figures)
        {
            var root = XDocument.Parse(figure.Svg).Root!;
            double Of(XElement element, string name) => double.Parse((string?)element.Attribute(name) ?? "0", null);
            foreach (var rect in root.Elements(_svg + "rect"))
            {
                Assert.InRange(Of(rect, "x"), 0, 760 - Of(rect, "width"));
                Assert.InRange(Of(rect, "y"), 0, Of(root, "height") - Of(rect, "height"));
            }
            foreach (var text in root.Elements(_svg + "text"))
            {
                Assert.InRange(Of(text, "x"), 0, 760);
                Assert.InRange(Of(text, "y"), 0, Of(root, "height"));
                if (text.Attribute("text-anchor") is null) { Assert.InRange(Of(text, "x") + (5.5 * text.Value.Length), 0, 760); }
            }
        }
    }

    [Fact]
    public void A_cell_says_its_phase_by_a_letter_and_by_a_colour()
    {
        var figure = SweepReportWriter.Write(SampleSweep.Grid()).Figures.Single(figure => figure.Id == "phases");
        var cells = XDocument.Parse(figure.Svg).Root!.Elements(_svg + "rect").Skip(5).ToArray();            // after the legend
        Assert.Equal(20, cells.Length);
        var letters = XDocument.Parse(figure.Svg).Root!.Elements(_svg + "text")
            .Where(text => ((string?)text.Attribute("class"))?.StartsWith("big", StringComparison.Ordinal) == true)
            .Select(text => text.Value).ToArray();
        Assert.Equal(cells.Select(cell => ((string?)cell.Attribute("class"))!.Split(" p")[1].ToUpperInvariant()), letters);
        // Most seeds of a cell, from the members themselves: fraction 0.2 with decay 0.1 is too little of both.
        Assert.Contains("0.2,0.1,memorized only,0,0,3,0,0,0,0,", figure.Csv, StringComparison.Ordinal);
        Assert.Equal("M", letters[0]);
    }

    [Fact]
    public void A_cell_without_a_median_is_hatched_and_says_how_long_it_was_watched()
    {
        var output = SweepReportWriter.Write(SampleSweep.Of(
            Cell(0, 2000, "0.2"), Cell(1, null, "0.2"), Cell(2, null, "0.2"), Cell(3, 2000, "0.3"), Cell(4, 1000, "0.3")));
        var figure = output.Figures.Single(figure => figure.Id == "delay");
        var texts = XDocument.Parse(figure.Svg).Descendants(_svg + "text").Select(text => text.Value).ToArray();
        Assert.Contains(">3.9k", texts);
        Assert.Contains("900", texts);
        var hatched = XDocument.Parse(figure.Svg).Descendants(_svg + "path").Count(path => (string?)path.Attribute("class") == "hatch");
        Assert.Equal(2, hatched);                                                                           // legend and cell
        Assert.Equal(["0.2,3,1,,1900,,1900", "0.3,2,2,900,900,,1400"], figure.Csv.Split('\n')[1..3]);
    }

    [Fact]
    public void Members_that_did_not_generalize_are_open_triangles_at_their_last_evaluation()
    {
        var output = SweepReportWriter.Write(SampleSweep.Of(Cell(0, 2000, "0.2"), Cell(1, null, "0.2"), Cell(2, 1000, "0.3")));
        var root = XDocument.Parse(output.Figures.Single(figure => figure.Id == "generalization-0").Svg).Root!;
        var open = root.Elements(_svg + "path")
            .Where(path => ((string?)path.Attribute("class"))!.StartsWith("open", StringComparison.Ordinal));
        Assert.Equal(["x 0.2, seed 1: not by step 4,000"], open.Select(path => path.Value));
        Assert.Equal(["x 0.2, seed 0: generalized at step 2,000", "x 0.3, seed 2: generalized at step 1,000"],
            root.Elements(_svg + "circle").Where(circle => circle.Value.Length > 0).Select(circle => circle.Value));
    }

    [Fact]
    public void Hostile_text_is_shown_as_text_everywhere()
    {
        foreach (var text in (string[])["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "]]>", "\u0000<b>", "'-alert(1)-'"])
        {
            var output = SweepReportWriter.Write(SampleSweep.Grid(own => own.Length == 3 ? own : own + text));
            Assert.Single(Regex.Matches(output.Html, "<script"));
            Assert.DoesNotContain("<img", output.Html, StringComparison.Ordinal);
            Assert.All(output.Figures, figure => Assert.NotNull(XDocument.Parse(figure.Svg).Root));
        }
    }

    [Theory]
    [InlineData("1.0e-3", "0.001")]
    [InlineData("0.30", "0.30")]
    [InlineData("0.310723", "0.3107")]
    [InlineData("0.00125893", "0.001259")]
    [InlineData("1.0e-5", "1e−5")]
    [InlineData("12345.678", "12346")]
    [InlineData("adamw", "adamw")]
    [InlineData("", "–")]
    public void Values_are_short_and_keep_four_digits(string value, string shown) => Assert.Equal(shown, SweepText.Value(value));

    [Fact]
    public void The_summary_says_the_rate_first() => Approve.Text(
        string.Join('\n', new[]
        {
            Lead(SampleSweep.Grid()),
            Lead(SampleSweep.Of(Cell(0, null, "0.2"), Cell(1, null, "0.2"))),
            Lead(SampleSweep.Of(Cell(0, 2000, "0.2"), Members.Failed(1)) with { Planned = 9 }),
            Lead(SampleSweep.Of(Members.Failed(0)) with { Planned = 2 }),
            Lead(SampleSweep.Of()),
        }),
        "sweep-summary.txt");

    [Fact]
    public void A_sweep_without_any_data_still_has_a_report()
    {
        var output = SweepReportWriter.Write(SampleSweep.Of(
            Members.Failed(0, new SweepSetting("params.x", "1")), Members.Failed(1, new SweepSetting("params.x", "2"))));
        Assert.Contains("No member has data: 2 failed.", output.Html, StringComparison.Ordinal);
        Assert.Contains("disk full", output.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", output.Html, StringComparison.Ordinal);
        Assert.Empty(SweepReportWriter.Write(SampleSweep.Of()).Figures);
    }

    [Fact]
    public void Only_the_first_2000_members_are_listed()
    {
        var output = SweepReportWriter.Write(SampleSweep.Of([.. Enumerable.Range(0, 2001).Select(i => Members.Of(i, 100, 2000, 2200))]));
        Assert.Contains("The first 2,000 of 2,001 members", output.Html, StringComparison.Ordinal);
        Assert.Contains(">0000000007cf<", output.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(">0000000007d0<", output.Html, StringComparison.Ordinal);
    }

    private static SweepContent Content(string sweep) => sweep switch
    {
        "grid" => SampleSweep.Grid(),
        "map" => SampleSweep.Map(),
        "line" => SampleSweep.Line(),
        "seeds" => SampleSweep.Of([.. SampleSweep.Line().Members.Select(member => member with { Settings = [] })]),
        _ => Random(),
    };

    // Every member has numbers of its own, as in a random search.
    private static SweepContent Random()
    {
        var draws = new Seed(6).Stream();
        return SampleSweep.Of([.. SampleSweep.Map().Members.Select(member => member with
        {
            Settings =
            [
                new("params.learning_rate", $"{Math.Pow(10, -4 + (2 * draws.NextUniform())):R}"),
                new("params.weight_decay", $"{3 * draws.NextUniform():R}"),
            ],
        })]);
    }

    private static SweepMember Cell(int index, long? generalized, string value) =>
        Members.Of(index, 100, generalized, 4000, new SweepSetting("params.x", value));

    private static string Lead(SweepContent content) => Paragraph().Match(SweepReportWriter.Write(content).Html).Groups[1].Value;

    [GeneratedRegex("<p class=\"lead\">(.*?)</p>")]
    private static partial Regex Paragraph();

    [GeneratedRegex("<figure id=\"fig-([a-z0-9-]+)\">.*?</figure>", RegexOptions.Singleline)]
    private static partial Regex Figure();

    [GeneratedRegex("(src|href|url)\\s*[=(]\\s*[\"']?(https?:|//|file:)", RegexOptions.IgnoreCase)]
    private static partial Regex Outside();
}
