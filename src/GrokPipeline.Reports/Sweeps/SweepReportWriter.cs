using GrokPipeline.Evaluation.Statistics;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sweeps;

/// <summary>Turns the members of a sweep into one page. The same content gives the same bytes.</summary>
public static class SweepReportWriter
{
    private static readonly (string Id, string Title)[] _links =
    [
        ("phases", "Phases"), ("steps", "Steps"), ("shift", "Shift"), ("rates", "Rates"),
        ("sensitivity", "Sensitivity"), ("times", "Grokking time"),
        ("definitions", "Definitions"), ("members", "Members"), ("provenance", "Provenance"),
    ];

    /// <summary>Writes the page and its figures.</summary>
    public static ReportOutput Write(SweepContent content)
    {
        var summary = SweepSummary.Of(content.Members);
        SweepFigure[] maps = [.. MapFigures.Of(summary)];
        SweepFigure?[] lives = [SurvivalFigure.Of(summary), SeedFigure.Of(summary)];
        SweepFigure[] steps = [.. StepFigures.Of(summary), .. lives.OfType<SweepFigure>()];
        SweepFigure[] shift = ShiftCorrelation.Of(summary) is { } found ? [ShiftFigure.Of(found)] : [];
        var page = new Html().Element("h1", content.Title).Element("p", content.Name, "soft mono");
        page.Element("p", SweepText.Summary(summary, content.Planned), "lead");
        Cards(page, summary);
        page.Raw("<nav>");
        foreach (var (id, title) in _links)
        {
            var parts = id switch { "phases" => maps.Length, "steps" => steps.Length, "shift" => shift.Length, _ => 1 };
            if (parts > 0) { page.Raw($"<a href=\"#{id}\">{title}</a> "); }
        }
        page.Raw("</nav>\n");
        Figures(page, "phases", "Phase diagram and delay", maps);
        Figures(page, "steps", "Generalization step", steps);
        Figures(page, "shift", "Shift of the data and generalization", shift);
        SweepSections.Rates(page, summary);
        SweepSections.Sensitivity(page, content.Members);
        TimeSection.Write(page, content.Members);
        SweepSections.Definitions(page, summary);
        SweepSections.Members(page, summary);
        page.Section("provenance", "Provenance", html => html.Facts(content.Provenance));
        return new(Page.Of($"{content.Title} – sweep report", page), [.. maps.Concat(steps).Concat(shift).Select(figure => figure.File)]);
    }

    private static void Cards(Html page, SweepSummary summary)
    {
        var (total, counts) = (summary.Total, summary.Total.Counts);
        page.Raw("<div class=\"cards\">\n");
        Rate(total.GrokRate, "grokked", counts.Grokked);
        Rate(total.GeneralizationRate, "generalized", counts.Generalized);
        Card(SweepText.Step(total.Generalization.Median), "median generalization step");
        Card(Text.Count(summary.Cells.Length), summary.Cells.Length == 1 ? "cell" : "cells");
        page.Raw("</div>\n");

        void Rate(Interval? rate, string what, int count) => Card(
            rate is { } r ? SweepText.Percent(r.Value) : "–", $"{what}, {Text.Count(count)} of {Text.Count(counts.Observed)}");

        void Card(string number, string label) =>
            page.Raw($"<div class=\"card\"><b>{Text.Encode(number)}</b><span>{Text.Encode(label)}</span></div>\n");
    }

    private static void Figures(Html page, string id, string title, SweepFigure[] figures)
    {
        if (figures.Length == 0) { return; }
        page.Section(id, title, html =>
        {
            foreach (var figure in figures) { html.Figure(figure); }
        });
    }
}
