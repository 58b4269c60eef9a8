using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections;

/// <summary>What came out, in a sentence and a few numbers.</summary>
internal static class SummarySection
{
    public static void Write(Html page, ReportContent content)
    {
        page.Element("h1", content.Title).Element("p", content.Experiment, "soft mono");
        page.Element("p", Sentence(content.Verdict), "lead");
        if (content.Beginning.Length > 0) { page.Element("p", content.Beginning); }
        page.Raw("<div class=\"cards\">\n");
        Card(page, content.Verdict.Name, "verdict");
        Card(page, Step(content.Verdict.MemorizationStep), "memorized at step");
        Card(page, Step(content.Verdict.GeneralizationStep), "generalized at step");
        var final = Final(content);
        foreach (var score in final.Take(2)) { Card(page, Text.Number(score.Value), $"final accuracy, {score.Distribution}"); }
        page.Raw("</div>\n");
        if (final.Count > 1)
        {
            var worst = final.MinBy(score => score.Value)!;
            page.Element("p", $"Worst held-out distribution of the final model: {worst.Distribution}, accuracy {Text.Number(worst.Value)} "
                + $"[{Text.Number(worst.Low)}, {Text.Number(worst.High)}] on {Text.Count(worst.Rows)} rows.");
        }
        page.Raw("<nav>");
        foreach (var (id, title) in new[]
        {
            ("curves", "Curves"), ("grokking", "Analysis"), ("trajectory", "Trajectory"),
            ("evaluation", "Held-out distributions"), ("shifts", "Shift"), ("probes", "Probes"),
            ("data", "Data"), ("model", "Model and export"), ("provenance", "Provenance"),
        })
        {
            if (id switch { "trajectory" => content.Generalization.IsEmpty, "shifts" => content.Shifts.IsEmpty, _ => false }) { continue; }
            page.Raw($"<a href=\"#{id}\">{title}</a> ");
        }
        page.Raw("</nav>\n");
        if (content.Warnings.IsEmpty) { return; }
        page.Section("warnings", "Warnings", html =>
        {
            html.Raw("<ul>\n");
            foreach (var warning in content.Warnings) { html.Element("li", warning); }
            html.Raw("</ul>\n");
        });
    }

    /// <summary>The verdict in a sentence.</summary>
    public static string Sentence(ReportVerdict verdict) => (verdict.MemorizationStep, verdict.GeneralizationStep) switch
    {
        ({ } m, { } g) when g > m => $"Memorized its training rows at step {Text.Count(m)} and generalized at step {Text.Count(g)}: a delay of {Text.Count(g - m)} steps. Verdict: {verdict.Name}.",
        ({ } m, { } g) => $"Generalized at step {Text.Count(g)}, no later than it fitted its training rows (step {Text.Count(m)}). Verdict: {verdict.Name}.",
        ({ } m, null) => $"Memorized its training rows at step {Text.Count(m)} and did not generalize within the run. Verdict: {verdict.Name}.",
        (null, { } g) => $"Generalized at step {Text.Count(g)} without reaching the memorization threshold. Verdict: {verdict.Name}.",
        _ => $"Reached neither threshold within the run. Verdict: {verdict.Name}.",
    };

    private static List<ReportScore> Final(ReportContent content)
    {
        var all = content.Scores.Where(score => score.Metric == "accuracy" && score.Group == "all").ToList();
        var marks = Marks.In(all.Select(score => score.Mark));
        return marks.Count == 0 ? [] : [.. all.Where(score => score.Mark == (marks.Contains("final") ? "final" : marks[^1]))];
    }

    private static string Step(long? step) => step is { } s ? Text.Count(s) : "never";

    private static void Card(Html page, string number, string label) =>
        page.Raw($"<div class=\"card\"><b>{Text.Encode(number)}</b><span>{Text.Encode(label)}</span></div>\n");
}
