using GrokPipeline.Data;
using GrokPipeline.Training.Losses;

namespace GrokPipeline.Probes.Landscape;

/// <summary>Options of <see cref="SoftmaxCollapseProbe"/>.</summary>
public sealed record SoftmaxCollapseOptions : IOptions
{
    /// <summary>The split whose rows are read, or <c>all</c>.</summary>
    public string On { get; init; } = "train";

    /// <summary>Rows that the gradient is the mean over, drawn by seed when there are more, from 2 to 65536. Default 256.</summary>
    public int MaxRows { get; init; } = 256;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => RowSample.Problems(On, MaxRows, 65536);
}

/// <summary>
/// What keeps a network from learning on in single precision (Prieto et al. 2025): <c>dead_fraction</c>, the share of all rows of the
/// split whose cross-entropy in float32 is exactly 0, that is Σ exp(zₖ − z_y) = 1 with every term and sum rounded (softmax collapse),
/// target <c>logits on train</c>; and <c>scaling_cosine</c> cos(−∇L, w) over all parameters, near 1 when descent only scales the weights
/// up (naive
/// loss minimization), target <c>gradient on train</c>, left out where only an ONNX file is at hand. The cosine is NaN when the gradient
/// is zero.
/// </summary>
public sealed class SoftmaxCollapseProbe(SoftmaxCollapseOptions options) : Probe
{
    /// <inheritdoc/>
    public override string Kind => "softmax_collapse";

    /// <inheritdoc/>
    public override bool NeedsClasses => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Activations => [ProbedCheckpoint.Logits];

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        yield return new(Kind, RowSample.Title(ProbedCheckpoint.Logits, options.On), "dead_fraction", DeadFraction(context));
        if (context.Model is null || context.Compile is null) { yield break; }
        using var surface = LossSurface.Of(context, RowSample.Of(context, options.On, options.MaxRows, Kind), Kind);
        var (point, gradient) = (surface.Flatten(context.Checkpoint.Parameters), new float[surface.Size]);
        surface.Gradient(point, gradient);
        var norms = Dots.Of(point, point) * Dots.Of(gradient, gradient);
        yield return new(Kind, RowSample.Title("gradient", options.On), "scaling_cosine", norms > 0 ? -Dots.Of(point, gradient) / Math.Sqrt(norms) : double.NaN);
    }

    private double DeadFraction(ProbeContext context)
    {
        var (range, logits) = (context.Split(options.On), context.Checkpoint.Activation(ProbedCheckpoint.Logits));
        var rows = Enumerable.Range(range.First, range.Count).ToArray();
        var labels = new Tensor(TensorType.Int64([rows.Length]));
        RowEncoding.Target(context.Rows, context.Facts, rows, labels);
        var dead = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            if (SoftmaxCollapse.IsDead(logits.Values.AsSpan(rows[i] * logits.Width, logits.Width), (int)labels.AsSpan<long>()[i])) { dead++; }
        }
        return (double)dead / rows.Length;
    }
}
