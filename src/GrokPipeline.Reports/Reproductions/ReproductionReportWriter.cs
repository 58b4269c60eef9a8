using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Reproductions;

/// <summary>Turns the outcome of a reproduction into one page and a table in Markdown. The same content gives the same bytes.</summary>
public static class ReproductionReportWriter
{
    private static readonly string[] _headings = ["Statement", "Published", "Accepted", "Ours", "Outcome"];

    /// <summary>Writes the page and its figures.</summary>
    public static ReportOutput Write(ReproductionContent content)
    {
        ReportFigure[] figures = [.. content.Plots.Select(Figure)];
        var page = new Html().Element("h1", $"{content.Id}: {content.Title}").Element("p", content.Source, "soft");
        page.Element("p", Sentence(content), "lead");
        page.Section("statements", "Statements", html =>
        {
            html.Table("", _headings, content.Statements.Select(Row));
            foreach (var line in content.Statements.Where(line => line.Analysis.Length > 0))
            {
                html.Element("p", $"{line.Text}: {line.Analysis}");
            }
        });
        if (!content.OurChoices.IsEmpty) { page.Section("choices", "OUR CHOICE, where the paper says nothing", html => List(html, content)); }
        if (figures.Length > 0)
        {
            page.Section("curves", "Curves, means over repetitions", html =>
            {
                foreach (var figure in figures) { html.Figure(figure); }
            });
        }
        page.Section("provenance", "Provenance", html =>
        {
            foreach (var link in content.Pages)
            {
                html.Raw($"<p><a href=\"{Text.Encode(link.Text)}\">{Text.Encode(link.Name)}</a></p>\n");
            }
            html.Facts(content.Provenance);
        });
        return new(Page.Of($"{content.Id} – reproduction report", page), [.. figures]);
    }

    /// <summary>The statements as a table in Markdown.</summary>
    public static string Markdown(ReproductionContent content)
    {
        var lines = new List<string>
        {
            $"# {content.Id}: {content.Title}", "", content.Source, "", Sentence(content), "",
            $"| {string.Join(" | ", _headings)} |", $"|{string.Concat(_headings.Select(_ => "---|"))}",
        };
        lines.AddRange(content.Statements.Select(line =>
            $"| {string.Join(" | ", new[] { line.Text, line.Published, line.Accepted, line.Ours, line.Outcome }.Select(Escaped))} |"));
        lines.AddRange(content.Statements.Where(line => line.Analysis.Length > 0).SelectMany(line => (string[])["", $"{line.Text}: {line.Analysis}"]));
        if (!content.OurChoices.IsEmpty) { lines.AddRange(["", "OUR CHOICE:", "", .. content.OurChoices.Select(choice => $"- {choice}")]); }
        return string.Join('\n', lines) + "\n";
    }

    private static string Sentence(ReproductionContent content)
    {
        var passed = content.Statements.Count(line => line.Outcome == "pass");
        var failed = content.Statements.Count(line => line.Outcome == "fail");
        return passed + failed == 0
            ? $"None of {content.Statements.Length} statements was judged."
            : $"{passed} of {content.Statements.Length} statements hold{(failed == 0 ? "" : $"; {failed} do{(failed == 1 ? "es" : "")} not")}.";
    }

    private static IReadOnlyList<Cell> Row(ReproductionLine line) =>
    [
        line.Text, line.Published, line.Accepted, line.Ours,
        new(line.Outcome, Style: line.Outcome switch { "pass" => "good", "fail" => "bad", _ => "" }),
    ];

    private static void List(Html html, ReproductionContent content)
    {
        html.Raw("<ul>\n");
        foreach (var choice in content.OurChoices) { html.Element("li", choice); }
        html.Raw("</ul>\n");
    }

    private static ReportFigure Figure(ReproductionPlot plot) => new LinePlot
    {
        Id = plot.Id,
        Title = plot.Title,
        Alternative = string.Join(" ", plot.Curves.Select(curve =>
            $"{curve.Split}: from {Text.Number(curve.Values[0])} at step {Text.Count(curve.Steps[0])} to {Text.Number(curve.Values[^1])} "
            + $"at step {Text.Count(curve.Steps[^1])}.")),
        Curves = [.. plot.Curves.Select(curve => new Series(curve.Split, curve.Steps, curve.Values))],
        Vertical = new LinearScale(0, 1, fixedEnds: true),
    }.Draw();

    private static string Escaped(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
