using System.Collections.Immutable;

namespace GrokPipeline.Reports.Sections.Probes;

/// <summary>What linear classifiers read from activations.</summary>
internal static class LinearViews
{
    public static ImmutableArray<ProbeView> All { get; } =
    [
        new(
            "linear", "Linear probe",
            "Accuracy of a linear classifier on hidden activations, on rows it was not fitted to. Read it against its controls: shuffled labels "
            + "(what the probe can memorize) and the untrained model (what random features give). Selectivity is the accuracy less the control's.")
        {
            Figures = Figures,
        },
    ];

    private static IEnumerable<ReportFigure> Figures(ReportContent content, IReadOnlyList<ReportFinding> findings)
    {
        // "hidden.0 -> c": a figure for what is predicted, a line for each activation; one of the shuffled labels, which hardly differ.
        var accuracies = findings.Where(f => f.Name == "accuracy").ToList();
        return accuracies.GroupBy(f => Part(f.Target, 1)).SelectMany((group, i) => StepLines.Of(
            content, $"linear-steps-{i}", $"Linear probes of {group.Key}: accuracy by step",
            $"Accuracy of linear probes that predict {group.Key} from activations, and of their controls.",
            group.GroupBy(f => (Part(f.Target, 0), f.Control)).Where(line => line.Key.Control.Length == 0 || group.Select(f => f.Target).Distinct().Count() == 1)
                .Select(line => (line.Key.Control.Length == 0 ? line.Key.Item1 : line.Key.Control.Replace('_', ' '), (IEnumerable<ReportFinding>)line)),
            StepLines.Shares));
    }

    private static string Part(string target, int index) => target.Split(" -> ", 2) is { Length: 2 } parts ? parts[index] : target;
}
