using System.Collections.Immutable;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections;

/// <summary>What the probes found, before beside after; repeats as mean and range.</summary>
internal static class ProbeSection
{
    public static void Write(Html page, ReportContent content, ImmutableArray<ReportFigure> figures)
    {
        if (content.Findings.IsEmpty) { return; }
        var marks = Marks.In(content.Findings.Select(finding => finding.Mark));
        page.Section("probes", "Probes, before and after", html =>
        {
            foreach (var figure in figures) { html.Figure(figure); }
            foreach (var probe in content.Findings.GroupBy(finding => finding.Probe))
            {
                html.Element("h3", Title(probe.Key));
                if (Explain(probe.Key) is { Length: > 0 } text) { html.Element("p", text, "soft"); }
                var numbers = probe.Where(finding => !finding.Name.Contains('[') && finding.Name != "rows").ToList();
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

    private static string Title(string probe) => probe switch
    {
        "weight_norm" => "Weight norms",
        "effective_rank" => "Effective rank",
        "fourier" => "Fourier concentration",
        "linear" => "Linear probe",
        _ => char.ToUpperInvariant(probe[0]) + probe[1..].Replace('_', ' '),
    };

    private static string Explain(string probe) => probe switch
    {
        "linear" => "Accuracy of a logistic regression on hidden activations, on rows it was not fitted to. Read it against its controls: shuffled labels "
            + "(what the probe can memorize) and the untrained model (what random features give).",
        "effective_rank" => "How many directions a weight matrix uses: the exponential of the entropy of its normalised singular values (Roy and Vetterli 2007), "
            + "the participation ratio, and the squared Frobenius norm over the squared largest singular value.",
        "fourier" => "How much of a matrix's power over operand values lies at few frequencies (Nanda et al. 2023).",
        _ => "",
    };
}
