using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections;

/// <summary>Each distribution's accuracy over the checkpoints, and from where on it is generalized to.</summary>
internal static class TrajectorySection
{
    /// <summary>The drawing; none without accuracies.</summary>
    public static ImmutableArray<ReportFigure> Figures(ReportContent content)
    {
        var curves = content.Trajectory.Where(curve => curve.Metric == "accuracy" && curve.Steps.Length > 0).ToList();
        if (curves.Count == 0) { return []; }
        var marks = content.Generalization.Take(1).Where(onset => onset.Step is not null)
            .Select(onset => new StepMark(onset.Step ?? 0, $"{onset.Distribution} generalized"));
        return
        [
            new LinePlot
            {
                Id = "trajectory",
                Title = "Accuracy of each distribution at the stored checkpoints",
                Alternative = string.Join(" ", curves.Select(curve =>
                    $"{curve.Split}: from {Text.Number(curve.Values[0])} at step {Text.Count(curve.Steps[0])} to "
                    + $"{Text.Number(curve.Values[^1])} at step {Text.Count(curve.Steps[^1])}.")) + " Triangles are stored checkpoints.",
                Curves = [.. curves.Select(curve => new Series(curve.Split, curve.Steps, curve.Values))],
                Vertical = new LinearScale(0, 1, fixedEnds: true),
                Marks = [.. marks],
                Checkpoints = [.. curves[0].Steps.Select(step => new StepMark(step, ""))],
            }.Draw(),
        ];
    }

    public static void Write(Html page, ReportContent content, ImmutableArray<ReportFigure> figures)
    {
        if (content.Generalization.IsEmpty) { return; }
        page.Section("trajectory", "When each distribution generalizes", html =>
        {
            var first = content.Generalization[0];
            html.Element("p", Sentence(content.Generalization));
            html.Element("p", $"Generalized: accuracy at least {first.Accuracy.ToString("0.####", CultureInfo.InvariantCulture)} for "
                + $"{first.ForCheckpoints} checkpoints one after another. A step is known up to the distance of checkpoints: the crossing "
                + "lies between it and the one before. Computed by ONNX Runtime from every stored checkpoint.", "soft");
            foreach (var figure in figures) { html.Figure(figure); }
            html.Table("", ["distribution", "#generalized at", "#not yet at", "#best", "#last"],
                content.Generalization.Select(onset => (IReadOnlyList<Cell>)
                [
                    onset.Distribution, onset.Step is { } step ? Text.Count(step) : "never",
                    onset.After is { } after ? Text.Count(after) : "–", Text.Number(onset.Best), Text.Number(onset.Last),
                ]));
        });
    }

    /// <summary>Whether the others generalize when the first does, in a sentence.</summary>
    public static string Sentence(IReadOnlyList<ReportOnset> onsets)
    {
        var first = onsets[0];
        var begin = first.Step is { } at
            ? $"{first.Distribution} generalizes at step {Text.Count(at)}"
            : $"{first.Distribution} never generalizes (best {Text.Number(first.Best)})";
        var others = onsets.Skip(1).Select(onset => (onset.Step, first.Step) switch
        {
            (null, _) => $"{onset.Distribution} never (best {Text.Number(onset.Best)})",
            ({ } own, null) => $"{onset.Distribution} at step {Text.Count(own)}",
            ({ } own, { } yardstick) when own == yardstick => $"{onset.Distribution} at the same checkpoint",
            ({ } own, { } yardstick) =>
                $"{onset.Distribution} {Text.Count(Math.Abs(own - yardstick))} steps {(own > yardstick ? "later" : "earlier")}",
        }).ToArray();
        return $"{begin}{(others.Length == 0 ? "" : "; ")}{string.Join(", ", others)}.";
    }
}
