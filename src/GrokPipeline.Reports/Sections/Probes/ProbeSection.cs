using System.Collections.Immutable;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections.Probes;

/// <summary>What the probes found, kind by kind: figures, then a table with before beside after; repeats as mean and range.</summary>
internal static class ProbeSection
{
    /// <summary>The figures of each kind of probe that found something, in the order of the findings.</summary>
    public static IReadOnlyList<(ProbeView View, ImmutableArray<ReportFigure> Figures)> Draw(ReportContent content) =>
    [
        .. content.Findings.GroupBy(finding => finding.Probe).Select(probe =>
        {
            var view = ProbeView.Of(probe.Key);
            return (view, view.Figures(content, [.. probe]).ToImmutableArray());
        }),
    ];

    /// <summary>Writes the section.</summary>
    public static void Write(
        Html page, ReportContent content, IReadOnlyList<(ProbeView View, ImmutableArray<ReportFigure> Figures)> drawn)
    {
        if (content.Findings.IsEmpty) { return; }
        var marks = Marks.In(content.Findings.Select(finding => finding.Mark));
        page.Section("probes", "Probes, before and after", html =>
        {
            foreach (var (view, figures) in drawn)
            {
                html.Element("h3", view.Title);
                if (view.Explanation.Length > 0) { html.Element("p", view.Explanation, "soft"); }
                foreach (var figure in figures) { html.Figure(figure); }
                var numbers = content.Findings.Where(f => f.Probe == view.Kind && f.Mark.Length > 0 && view.InTable(f)).ToList();
                if (numbers.Count > 0) { Table(html, numbers, marks); }
            }
        });
    }

    private static void Table(Html html, List<ReportFinding> findings, IReadOnlyList<string> marks) => html.Table(
        "", ["read", "quantity", "control", .. marks.Select(mark => "#" + Marks.Words(mark))],
        findings.GroupBy(f => (f.Target, f.Name, f.Control)).Select(group => (IReadOnlyList<Cell>)
        [
            group.Key.Target, group.Key.Name.Replace('_', ' '), group.Key.Control.Replace('_', ' '),
            .. marks.Select(mark => Summary([.. group.Where(f => f.Mark == mark).Select(f => f.Value)])),
        ]));

    private static Cell Summary(List<double> values) => values.Count switch
    {
        0 => new Cell("–"),
        1 => new Cell(Text.Number(values[0])),
        _ => new Cell(Text.Number(values.Average()), $"{Text.Number(values.Min())} to {Text.Number(values.Max())}, {values.Count} repeats"),
    };
}
