using System.Collections.Immutable;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections.Probes;

/// <summary>Distances, ranks and similarity of parameters and activations over steps.</summary>
internal static class GeometryViews
{
    public static ImmutableArray<ProbeView> All { get; } =
    [
        new("weight_travel", "Distance from the start", "How far parameters are from their first values, and whether they still "
            + "point the same way (Kumar et al. 2023; Lyu et al. 2023).")
        {
            Figures = (content, findings) => StepLines.Of(
                content, "weight-travel", "All parameters against their first values",
                "Relative distance of all parameters from their first values and the cosine between the two, over steps.",
                Named(findings.Where(f => f.Target == "all"), "travel", "cosine")),
        },
        new("activation_rank", "Rank of activations", "How many directions an activation uses over rows: the exponential of the "
            + "entropy of its covariance's eigenvalues, and the participation ratio.")
        {
            Figures = (content, findings) => StepLines.Of(
                content, "activation-rank", "Effective rank of activations", "Effective rank of each probed activation over steps.", ByTarget(findings, "effective_rank")),
        },
        new("feature_change", "Change of features", "Relative change of activations since the checkpoint before (Thilak et al. 2022).")
        {
            Figures = (content, findings) => StepLines.Of(
                content, "feature-change", "Relative change since the checkpoint before", "Relative change of each probed "
                    + "activation from checkpoint to checkpoint.",
                ByTarget(findings, "change"), StepLines.Logarithmic),
        },
        new("cka", "Similarity of representations", "Linear centred kernel alignment (Kornblith et al. 2019): 1 for activations "
            + "that are the same up to rotation and scale.")
        {
            Figures = (content, findings) => StepLines.Of(
                    content, "cka-final", "Similarity to the final checkpoint (CKA)", "Linear CKA of each probed activation with "
                        + "itself at the last checkpoint, over steps.",
                    ByTarget(findings, "cka_to_final"), StepLines.Shares)
                .Concat(StepLines.Of(
                    content, "cka-layers", "Similarity between activations (CKA)", "Linear CKA of pairs of activations of the "
                        + "same checkpoint, over steps.",
                    ByTarget(findings, "cka").Take(Canvas.Colours), StepLines.Shares)),
        },
    ];

    /// <summary>One line for each target of a quantity.</summary>
    internal static IEnumerable<(string Name, IEnumerable<ReportFinding> Findings)> ByTarget(IEnumerable<ReportFinding> findings, string name) =>
        findings.Where(f => f.Name == name).GroupBy(f => f.Target).Select(group => (group.Key, group.AsEnumerable()));

    /// <summary>One line for each of some quantities.</summary>
    internal static IEnumerable<(string Name, IEnumerable<ReportFinding> Findings)> Named(IEnumerable<ReportFinding> findings, params string[] names) =>
        names.Select(name => (name.Replace('_', ' '), findings.Where(f => f.Name == name)));
}
