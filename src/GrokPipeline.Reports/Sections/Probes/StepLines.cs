using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections.Probes;

/// <summary>Findings of many checkpoints as lines over steps.</summary>
internal static class StepLines
{
    private const int Fewest = 3;

    /// <summary>A figure with one line per series; none when fewer than three checkpoints were probed, which a table shows as well.</summary>
    /// <param name="content">The report, for the steps worth marking.</param>
    /// <param name="id">File name without ending.</param>
    /// <param name="title">What it shows, with the unit.</param>
    /// <param name="alternative">What it shows, in a sentence.</param>
    /// <param name="series">Names of lines with their findings; repeats are averaged.</param>
    /// <param name="scale">The vertical axis for the finite values that occur; from 0 to their largest by default.</param>
    public static IEnumerable<ReportFigure> Of(
        ReportContent content, string id, string title, string alternative,
        IEnumerable<(string Name, IEnumerable<ReportFinding> Findings)> series, Func<IReadOnlyList<double>, Scale>? scale = null)
    {
        var curves = series.Select(line => Line(line.Name, line.Findings)).Where(line => line.Steps.Count > 0).ToList();
        var values = curves.SelectMany(line => line.Values).Where(double.IsFinite).ToList();
        if (values.Count == 0 || curves.Max(line => line.Steps.Count) < Fewest) { return []; }
        var marks = new List<StepMark>();
        if (content.Verdict.MemorizationStep is { } m) { marks.Add(new(m, "memorized")); }
        if (content.Verdict.GeneralizationStep is { } g) { marks.Add(new(g, "generalized")); }
        return
        [
            new LinePlot
            {
                Id = id,
                Title = title,
                Alternative = alternative,
                Curves = curves,
                Vertical = (scale ?? FromZero)(values),
                Marks = marks,
            }.Draw(),
        ];
    }

    /// <summary>A logarithmic axis over the positive values.</summary>
    public static Scale Logarithmic(IReadOnlyList<double> values)
    {
        var positive = values.Where(value => value > 0).DefaultIfEmpty(1).ToList();
        return new LogScale(Math.Max(positive.Min(), positive.Max() * 1e-12), positive.Max());
    }

    /// <summary>From 0 to 1.</summary>
    public static Scale Shares(IReadOnlyList<double> values) => new LinearScale(Math.Min(0, values.Min()), 1, fixedEnds: values.Min() >= 0);

    private static LinearScale FromZero(IReadOnlyList<double> values) => new(Math.Min(0, values.Min()), Math.Max(0, values.Max()));

    private static Series Line(string name, IEnumerable<ReportFinding> findings)
    {
        var points = findings.GroupBy(finding => finding.Step).OrderBy(group => group.Key)
            .Select(group => (Step: group.Key, Value: group.Average(finding => finding.Value))).ToList();
        return new(name, [.. points.Select(point => point.Step)], [.. points.Select(point => point.Value)]);
    }
}
