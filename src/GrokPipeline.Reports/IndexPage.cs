using GrokPipeline.Reports.Drawing;
using GrokPipeline.Reports.Sections;

namespace GrokPipeline.Reports;

/// <summary>One line per experiment, each linked to its report: <c>models/index.html</c>.</summary>
public static class IndexPage
{
    private const int Width = 160, Height = 36;

    /// <summary>Writes the page. Links are relative: <c>&lt;experiment&gt;/report/report.html</c>.</summary>
    public static string Write(IReadOnlyList<IndexEntry> entries)
    {
        var page = new Html().Element("h1", "Experiments");
        page.Element("p", $"{entries.Count} experiment{(entries.Count == 1 ? "" : "s")}. The small drawing is the validation accuracy, 0 to 1, over logarithmic steps.", "soft");
        page.Raw("<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">experiment</th><th scope=\"col\">validation</th><th scope=\"col\">verdict</th>"
            + "<th scope=\"col\" class=\"n\">memorized</th><th scope=\"col\" class=\"n\">generalized</th><th scope=\"col\">final</th></tr></thead>\n<tbody>\n");
        foreach (var entry in entries)
        {
            page.Raw($"<tr><td><a href=\"{Text.Encode(Uri.EscapeDataString(entry.Experiment))}/report/report.html\">{Text.Encode(entry.Title)}</a><br><small>{Text.Encode(entry.Experiment)}</small></td>")
                .Raw($"<td>{Spark(entry)}</td><td>{Text.Encode(entry.Verdict.Name)}</td><td class=\"n\">{Step(entry.Verdict.MemorizationStep)}</td>")
                .Raw($"<td class=\"n\">{Step(entry.Verdict.GeneralizationStep)}</td><td>{Text.Encode(entry.Summary)}</td></tr>\n");
        }
        return Page.Of("Experiments", page.Raw("</tbody></table></div>\n"));
    }

    private static string Step(long? step) => step is { } s ? Text.Count(s) : "never";

    private static string Spark(IndexEntry entry)
    {
        if (entry.Validation is not { Steps.Length: > 0 } curve) { return ""; }
        var steps = new StepScale(curve.Steps[^1]);
        var points = Thinning.Keep(curve.Values).Where(i => double.IsFinite(curve.Values[i]))
            .Select(i => $"{Text.Coordinate(2 + (steps.Position(curve.Steps[i]) * (Width - 4)))} {Text.Coordinate(Height - 3 - (curve.Values[i] * (Height - 6)))}").ToList();
        return points.Count == 0 ? "" : $"<svg class=\"plot\" width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Text.Encode(SummarySection.Sentence(entry.Verdict))}\">"
            + $"<line class=\"grid\" x1=\"0\" x2=\"{Width}\" y1=\"{Height - 3}\" y2=\"{Height - 3}\"/><path class=\"line s0\" d=\"M{string.Join('L', points)}\"/></svg>";
    }
}
