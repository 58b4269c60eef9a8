using System.Collections.Immutable;
using GrokPipeline.Reports.Sections;
using GrokPipeline.Reports.Sections.Probes;

namespace GrokPipeline.Reports;

/// <summary>A report in all its files.</summary>
/// <param name="Html">The page; complete in itself, drawings included.</param>
/// <param name="Figures">The drawings and their numbers, each as files of their own.</param>
public sealed record ReportOutput(string Html, ImmutableArray<ReportFigure> Figures);

/// <summary>Turns what is known of an experiment into one page. The same content gives the same bytes.</summary>
public static class ReportWriter
{
    /// <summary>Writes the page and its figures.</summary>
    public static ReportOutput Write(ReportContent content)
    {
        var curves = CurveFigures.Of(content);
        var trajectory = TrajectorySection.Figures(content);
        var probes = ProbeSection.Draw(content);
        var page = new Html();
        SummarySection.Write(page, content);
        if (!curves.IsEmpty)
        {
            page.Section("curves", "Learning curves", html =>
            {
                foreach (var figure in curves) { html.Figure(figure); }
            });
        }
        page.Section("grokking", "Grokking analysis", html =>
        {
            html.Element("p", "Every threshold behind the verdict. A step is one optimizer update; accuracies are of whole splits.", "soft")
                .Facts(content.Verdict.Definitions);
            LogSection.Write(html, content);
        });
        TrajectorySection.Write(page, content, trajectory);
        EvaluationSection.Write(page, content);
        ShiftSection.Write(page, content);
        ProbeSection.Write(page, content, probes);
        ProgressSection.Write(page, content);
        DataSection.Write(page, content);
        ModelSection.Write(page, content);
        ProvenanceSection.Write(page, content);
        return new(
            Page.Of($"{content.Title} – grokking report", page), [.. curves, .. trajectory, .. probes.SelectMany(probe => probe.Figures)]);
    }
}
