using System.Globalization;
using GrokPipeline.Evaluation.Progress;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections;

/// <summary>When each measure changed, against the generalization step.</summary>
internal static class ProgressSection
{
    /// <summary>Writes the section; nothing when the model never generalized or too few checkpoints were probed.</summary>
    public static void Write(Html page, ReportContent content)
    {
        if (content.Verdict.GeneralizationStep is not { } generalization) { return; }
        var judged = ProgressJudge.Of(
            MeasureCurve.Of(content.Findings.Select(f => (f.Step, f.Probe, f.Target, f.Name, f.Value, f.Control, f.Repeat))),
            content.Verdict.MemorizationStep, generalization, []);
        if (judged.IsEmpty) { return; }
        page.Section("progress", "Progress measures", html =>
        {
            html.Element(
                "p",
                $"A measure's onset is the first probed checkpoint from memorization on at which it has passed half of its change "
                    + "up to the end. This dates the change, looking "
                + $"back; it is no forecast. Its lead is the generalization step, {Text.Count(generalization)}, minus the onset. "
                + "A measure wavers when its change is less than half of the "
                + "way that it went up and down. Whether it moves without generalization too, controls say: grokpipe probe judge "
                + "EXP --controls EXP.",
                "soft");
            var clear = judged.Where(m => m.Verdict is "leads" or "late").ToArray();
            Table(html, clear.Where(m => !OfParameter(m)));
            if (clear.Any(OfParameter)) { html.Folded("Measures of single parameters", inner => Table(inner, clear.Where(OfParameter))); }
            html.Folded("Measures that waver or stay", inner => Table(inner, judged.Except(clear)));
        });
    }

    private static bool OfParameter(ProgressJudgement judged) =>
        judged.Curve.Target.EndsWith(".weight", StringComparison.Ordinal) || judged.Curve.Target.EndsWith(".bias", StringComparison.Ordinal);

    private static void Table(Html html, IEnumerable<ProgressJudgement> judged) => html.Table(
        "", ["probe", "read", "quantity", "direction", "#onset", "#lead (steps)", "#generalization / onset", "#monotonicity", "verdict"],
        judged.OrderByDescending(m => m.Lead ?? long.MinValue).Select(m => (IReadOnlyList<Cell>)
        [
            m.Curve.Probe.Replace('_', ' '), m.Curve.Target, m.Curve.Name.Replace('_', ' '), m.Direction, Count(m.OnsetStep), Count(m.Lead),
            m.OnsetStep is { } onset ? Text.Number((onset + m.Lead!.Value) / (double)Math.Max(1, onset)) : "–",    // a lead comes with an onset
            m.Monotonicity?.ToString("0.00", CultureInfo.InvariantCulture) ?? "–", m.Verdict,
        ]));

    private static string Count(long? value) => value is { } number ? Text.Count(number).Replace('-', '−') : "–";
}
