using System.Runtime.CompilerServices;
using GrokPipeline.Data;
using GrokPipeline.Probes.Geometry;

namespace GrokPipeline.Probes.Landscape;

/// <summary>
/// The empirical tangent kernel, from lazy to rich training (Kumar et al. 2023; Lyu et al. 2023). One output stands for all C logits: K =
/// J·Jᵀ with row i of J the gradient of Σ logits(xᵢ) / √C over all parameters (the pseudo-kernel of Mohamadi et al. 2023). Findings,
/// target <c>kernel on train</c>: <c>distance</c> 1 − ⟨K₀, K⟩ / (‖K₀‖·‖K‖) from the untrained model (Fort et al. 2020), in [0, 1];
/// <c>velocity</c>, the same distance from the stored checkpoint before (not at the first); <c>alignment</c> ⟨HKH, HYH⟩ / (‖HKH‖·‖HYH‖)
/// with Yᵢⱼ = 1 for rows of one class, else 0, and H taking means off (Cortes et al. 2012; Kumar et al. leave H out); <c>norm</c> ‖K‖.
/// Alignment is NaN when all rows are of one class.
/// </summary>
public sealed class TangentKernelProbe(TangentKernelOptions options) : Probe
{
    // The kernels at initialization and at the checkpoint before are wanted again.
    private readonly ConditionalWeakTable<ProbedCheckpoint, double[]> _known = [];

    /// <inheritdoc/>
    public override string Kind => "tangent_kernel";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var rows = RowSample.Of(context, options.On, options.MaxRows, Kind);
        var kernel = Of(context.Checkpoint);
        yield return new(Kind, RowSample.Title("kernel", options.On), "distance", 1 - CentredKernel.Cosine(Of(context.Initial), kernel));
        if (FeatureChangeProbe.Before(context) is { } before)
        {
            yield return new(Kind, RowSample.Title("kernel", options.On), "velocity", 1 - CentredKernel.Cosine(Of(before), kernel));
        }
        yield return new(Kind, RowSample.Title("kernel", options.On), "alignment", Alignment(context, rows, kernel));
        yield return new(Kind, RowSample.Title("kernel", options.On), "norm", Math.Sqrt(Dots.Of(kernel, kernel)));

        double[] Of(ProbedCheckpoint checkpoint) => _known.GetValue(checkpoint, key => TangentKernel.Of(context, key, rows, Kind));
    }

    /// <summary>
    /// The alignment of a kernel over some rows with that of their targets, which is 1 where labels, or all tokens of the answers, are
    /// equal, or the product of real targets; NaN when all rows have one class.
    /// </summary>
    internal static double Alignment(ProbeContext context, int[] rows, double[] kernel)
    {
        var targets = new Tensor(RowEncoding.TargetType(context.Facts, rows.Length));
        RowEncoding.Target(context.Rows, context.Facts, rows, targets);
        var same = context.Facts.IsReal ? Products(targets.AsSpan<float>(), rows.Length) : Equalities(targets.AsSpan<long>(), rows.Length);
        return same.Length == 0
            ? double.NaN : CentredKernel.Cosine(CentredKernel.Of(kernel, rows.Length), CentredKernel.Of(same, rows.Length));
    }

    // Empty when there is but one class.
    private static double[] Equalities(ReadOnlySpan<long> classes, int rows)
    {
        var (same, others, length) = (new double[rows * rows], false, classes.Length / rows);
        for (var i = 0; i < same.Length; i++)
        {
            var other = classes.Slice(i % rows * length, length);
            same[i] = classes.Slice(i / rows * length, length).SequenceEqual(other) ? 1 : 0;
            others |= same[i] == 0;
        }
        return others ? same : [];
    }

    private static double[] Products(ReadOnlySpan<float> targets, int rows)
    {
        var (products, width) = (new double[rows * rows], targets.Length / rows);
        for (var i = 0; i < products.Length; i++)
        {
            for (var k = 0; k < width; k++) { products[i] += (double)targets[(i / rows * width) + k] * targets[(i % rows * width) + k]; }
        }
        return products;
    }
}
