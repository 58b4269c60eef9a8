using System.Collections.Immutable;

namespace GrokPipeline.Reports.Sections.Probes;

/// <summary>What linear classifiers read from activations.</summary>
internal static class LinearViews
{
    public static ImmutableArray<ProbeView> All { get; } =
    [
        new(
            "linear", "Linear probe",
            "Accuracy of a logistic regression on hidden activations, on rows it was not fitted to. Read it against its controls: shuffled labels "
            + "(what the probe can memorize) and the untrained model (what random features give)."),
    ];
}
