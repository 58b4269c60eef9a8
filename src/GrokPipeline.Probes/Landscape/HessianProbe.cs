namespace GrokPipeline.Probes.Landscape;

/// <summary>Options of <see cref="HessianProbe"/>.</summary>
public sealed record HessianOptions : IOptions
{
    /// <summary>The split whose rows the loss is the mean of, or <c>all</c>.</summary>
    public string On { get; init; } = "train";

    /// <summary>Most rows, drawn by seed when there are more, from 2 to 65536. Default 64.</summary>
    public int MaxRows { get; init; } = 64;

    /// <summary>Random vectors for the trace, from 1 to 1000. Default 4.</summary>
    public int Draws { get; init; } = 4;

    /// <summary>Iterations for the largest eigenvalue, from 1 to 1000. Default 8.</summary>
    public int Iterations { get; init; } = 8;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in RowSample.Problems(On, MaxRows, 65536)) { yield return problem; }
        if (Draws is < 1 or > 1000) { yield return new("draws", $"draws is {Draws}; give a number from 1 to 1000."); }
        if (Iterations is < 1 or > 1000) { yield return new("iterations", $"iterations is {Iterations}; give a number from 1 to 1000."); }
    }
}

/// <summary>
/// The curvature of the loss over parameters on a fixed subset of rows: <c>trace</c> of the Hessian by Hutchinson's estimator (1990) with
/// signs, its standard error <c>trace_error</c> (NaN for one draw), <c>largest_eigenvalue</c> (of largest magnitude, with its sign) by
/// power iteration, and <c>eigenvalue_residual</c> ‖Hv − λv‖ / |λ|, small when the iteration has arrived. Hessian-vector products are
/// exact derivatives of the graph (Pearlmutter 1994), in float32. Target: <c>loss on train</c>; unit: nats (or squared score) per squared
/// unit of
/// a parameter.
/// </summary>
public sealed class HessianProbe(HessianOptions options) : Probe
{
    /// <inheritdoc/>
    public override string Kind => "hessian";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        using var surface = LossSurface.Of(context, RowSample.Of(context, options.On, options.MaxRows, Kind), Kind);
        var point = surface.Flatten(context.Checkpoint.Parameters);
        var (trace, error) = Curvature.Trace(surface, point, options.Draws, context.Seed);
        var (largest, residual) = Curvature.Largest(surface, point, options.Iterations, context.Seed);
        return
        [
            new(Kind, RowSample.Title("loss", options.On), "trace", trace),
            new(Kind, RowSample.Title("loss", options.On), "trace_error", error),
            new(Kind, RowSample.Title("loss", options.On), "largest_eigenvalue", largest),
            new(Kind, RowSample.Title("loss", options.On), "eigenvalue_residual", residual),
        ];
    }
}
