using System.Collections.Immutable;

namespace GrokPipeline.Reports.Sections.Probes;

/// <summary>Norms and ranks of parameters.</summary>
internal static class WeightViews
{
    public static ImmutableArray<ProbeView> All { get; } =
    [
        new("weight_norm", "Weight norms"),
        new(
            "effective_rank", "Effective rank",
            "How many directions a weight matrix uses: the exponential of the entropy of its normalised singular values (Roy and Vetterli 2007), "
            + "the participation ratio, and the squared Frobenius norm over the squared largest singular value."),
    ];
}
