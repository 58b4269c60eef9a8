using System.Collections.Immutable;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sections.Probes;

/// <summary>The loss around a checkpoint, its kernel, its compressed size: each over steps.</summary>
internal static class LandscapeViews
{
    public static ImmutableArray<ProbeView> All { get; } =
    [
        Of(
            "sharpness", "Sharpness", "By how much the loss can rise in a small box around the parameters, in percent of 1 + loss "
                + "(Keskar et al. 2016).",
            "sharpness", "Sharpness φ (percent)", Signed, "phi"),
        Of(
            "hessian", "Curvature", "Trace of the Hessian by Hutchinson's estimator, and its largest eigenvalue by power "
                + "iteration, on a fixed subset of rows.",
            "hessian", "Trace and largest eigenvalue of the Hessian", Signed, "trace", "largest_eigenvalue"),
        Of(
            "tangent_kernel", "Tangent kernel",
            "Distance of the empirical tangent kernel from that at the start, from the checkpoint before (velocity), and its "
                + "alignment with the labels (Kumar et al. 2023).",
            "tangent-kernel", "Tangent kernel: distance, velocity, alignment", StepLines.Shares, "distance", "velocity", "alignment"),
        Of(
            "complexity", "Compressed size",
            "Bytes of the smallest coarse version of the network whose loss is still near (DeMoss et al. 2024): rises while a "
                + "network memorizes, falls when it finds a rule.",
            "complexity", "Compressed size (bytes)", null, "bytes", "rounded_bytes"),
        Of(
            "learning_coefficient", "Local learning coefficient",
            "How fast the volume of low loss grows around the parameters (Lau et al. 2023), from Langevin dynamics. Where many "
                + "draws lie below the start, it is no minimum and the number means little.",
            "learning-coefficient", "Local learning coefficient λ̂", Signed, "coefficient"),
        Of(
            "softmax_collapse", "Softmax collapse",
            "Share of rows whose loss is exactly zero in single precision, and the cosine between the step downhill and the "
                + "weights (Prieto et al. 2025).",
            "softmax-collapse", "Dead rows, and cosine of −gradient and weights", Signed, "dead_fraction", "scaling_cosine"),
    ];

    private static ProbeView Of(
        string kind, string title, string explanation, string id, string caption, Func<IReadOnlyList<double>, Scale>? scale, params string[] names) =>
        new(kind, title, explanation)
        {
            Figures = (content, findings) => StepLines.Of(content, id, caption, $"{caption}, over steps.", GeometryViews.Named(findings, names), scale),
        };

    private static LinearScale Signed(IReadOnlyList<double> values) => new(Math.Min(0, values.Min()), Math.Max(0, values.Max()));
}
