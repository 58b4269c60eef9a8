using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections;

/// <summary>Each held-out distribution before and after, then groups.</summary>
internal static class EvaluationSection
{
    private static readonly string[] Metrics =
    [
        "accuracy", "accuracy_gap", "loss", "loss_gap", "ece", "ece_mass", "brier", "margin", "margin_q05", "balanced_accuracy",
        "adjusted_accuracy", "auroc", "r2", "worst_group_accuracy", "mean_group_accuracy",
    ];

    public static void Write(Html page, ReportContent content)
    {
        var scores = content.Scores;
        if (scores.IsEmpty) { return; }
        var marks = Marks.In(scores.Select(score => score.Mark));
        page.Section("evaluation", "Held-out distributions, before and after", html =>
        {
            html.Element("p", $"Computed by {string.Join(", ", scores.Select(score => score.Engine).Distinct())} from the exported ONNX files alone. "
                + "Brackets are 95 % intervals unless the configuration says otherwise: Wilson's for accuracies, a seeded bootstrap for "
                + "the rest (docs/evaluation.md).", "soft");
            foreach (var metric in Metrics)
            {
                var of = scores.Where(score => score.Metric == metric && (score.Group == "all" || metric == "worst_group_accuracy")).ToList();
                if (of.Count == 0) { continue; }
                var words = Words(metric, content.LossUnit);
                if (metric == "accuracy") { Table(html, metric, words, of, marks); }
                else { html.Folded(words, inner => Table(inner, metric, words, of, marks)); }
            }
            Groups(html, content, marks);
        });
    }

    private static void Table(Html html, string metric, string words, List<ReportScore> scores, IReadOnlyList<string> marks)
    {
        var rows = scores.Select(score => score.Distribution).Distinct().Select(distribution =>
        {
            var cells = new List<Cell> { distribution };
            foreach (var mark in marks)
            {
                cells.Add(scores.FirstOrDefault(s => s.Distribution == distribution && s.Mark == mark) is { } score
                    ? new Cell(Text.Number(score.Value), Beside(score), Shade(metric, score.Value))
                    : new Cell("–"));
            }
            cells.Add(Text.Count(scores.First(s => s.Distribution == distribution).Rows));
            return cells;
        });
        html.Table(
            words, ["distribution", .. marks.Select(mark => "#" + Marks.Words(mark) + StepOf(scores, mark)), "#rows"], rows);
    }

    private static string Words(string metric, string lossUnit) => metric switch
    {
        "ece" => "Expected calibration error",
        "brier" => "Brier score",
        "loss" => $"Loss ({lossUnit})",
        "r2" => "R²: 1 minus squared error over the targets' own spread, mean over the outputs",
        "ece_mass" => "Expected calibration error, bins of equally many rows",
        "accuracy_gap" => "Gap of accuracy: the yardstick minus the distribution; above 0 the distribution is harder",
        "loss_gap" => $"Gap of loss ({lossUnit}): the yardstick minus the distribution; below 0 the distribution is harder",
        "margin" => "Mean margin: the right class's logit minus the largest other",
        "margin_q05" => "Margin that one row in twenty stays below",
        "auroc" => "AUROC, one class against the rest, mean over classes",
        _ => char.ToUpperInvariant(metric[0]) + metric[1..].Replace('_', ' '),
    };

    private static string StepOf(List<ReportScore> scores, string mark) =>
        scores.FirstOrDefault(score => score.Mark == mark) is { } score ? $", step {Text.Count(score.Step)}" : "";

    // The interval, the worst group's name, and why a number is missing.
    private static string Beside(ReportScore score) => string.Join(' ', ((string[])
    [
        Interval(score), score.Group == "all" ? "" : score.Group, score.Note,
    ]).Where(text => text.Length > 0));

    private static string Interval(ReportScore score) =>
        double.IsNaN(score.Low) ? "" : $"[{Text.Number(score.Low)}, {Text.Number(score.High)}]";

    private static string Shade(string metric, double value) =>
        !metric.EndsWith("accuracy", StringComparison.Ordinal) ? "" : value >= 0.99 ? "good" : value < 0.7 ? "bad" : "";

    private static void Groups(Html html, ReportContent content, IReadOnlyList<string> marks)
    {
        var groups = content.Scores.Where(score => score.Group != "all" && score.Metric == "accuracy").ToList();
        foreach (var distribution in groups.Select(score => score.Distribution).Distinct())
        {
            var of = groups.Where(score => score.Distribution == distribution).ToList();
            html.Folded($"Accuracy per group on {distribution}", inner => inner.Table(
                "", ["group", .. marks.Select(mark => "#" + Marks.Words(mark)), "#rows"],
                of.Select(score => score.Group).Distinct().Select(group => (IReadOnlyList<Cell>)
                [
                    group,
                    .. marks.Select(mark => of.FirstOrDefault(s => s.Group == group && s.Mark == mark) is { } s
                        ? new Cell(Text.Number(s.Value), Interval(s)) : "–"),
                    Text.Count(of.First(s => s.Group == group).Rows),
                ])));
        }
    }
}
