using System.Collections.Immutable;

namespace GrokPipeline.Reports.Sections.Probes;

/// <summary>How far a network has the structure of its task: each over steps.</summary>
internal static class StructureViews
{
    public static ImmutableArray<ProbeView> All { get; } =
    [
        new("rqi", "Quality of the representation", "Share of parallelograms i + j = m + n that close (Liu et al. 2022): 1 for operand "
            + "values on a line. Entropy of the variance along principal components.")
        {
            Figures = (content, findings) => StepLines.Of(
                content, "rqi", "Share of parallelograms that close", "Representation quality index over steps.",
                GeometryViews.ByTarget(findings, "rqi"), StepLines.Shares),
        },
        new("effective_sparsity", "Effective sparsity", "Fewest neurons, by incoming norm, that give every prediction of the whole network "
            + "(Merrill et al. 2023).")
        {
            Figures = (content, findings) => StepLines.Of(
                content, "effective-sparsity", "Neurons that the predictions rest on", "Effective sparsity over steps.",
                GeometryViews.ByTarget(findings, "neurons")),
        },
        new("neuron_phases", "Phases of neurons", "Mean cosine of φ₁ + φ₂ − φ₃ over neurons (Gromov 2023): 1 when all fit the analytic "
            + "solution, about 0 by chance.")
        {
            Figures = (content, findings) => StepLines.Of(
                content, "neuron-phases", "Phases that fit, and one frequency per neuron", "Phase cosine, same frequency and inverse "
                    + "participation ratio over steps.",
                GeometryViews.Named(findings, "phase_cosine", "same_frequency", "ipr"), StepLines.Shares),
        },
        new("coset_distance", "Cosets", "Mean distance inside a coset over that between cosets, for the subgroup where it is least "
            + "(after Power et al. 2022): 1 means no structure; compare with the untrained model.")
        {
            Figures = (content, findings) => StepLines.Of(
                content, "coset-distance", "Distance within over between cosets", "Least ratio over subgroups, over steps.",
                GeometryViews.ByTarget(findings.Where(f => f.Control.Length == 0), "ratio"), StepLines.Shares),
        },
        new("local_complexity", "Local complexity", "Neurons that change sign close to a row, mean over rows (Humayun et al. 2024).")
        {
            Figures = (content, findings) => StepLines.Of(
                content, "local-complexity", "Neurons that change sign close to a row", "Local complexity of each layer over steps.",
                GeometryViews.ByTarget(findings, "complexity")),
        },
    ];
}
