namespace GrokPipeline.Probes.Landscape;

/// <summary>Options of <see cref="ComplexityProbe"/>.</summary>
public sealed record ComplexityOptions : IOptions
{
    /// <summary>The split whose rows the distortion is measured on, or <c>all</c>.</summary>
    public string On { get; init; } = "train";

    /// <summary>Most rows, drawn by seed when there are more, from 2 to 65536. Default 128.</summary>
    public int MaxRows { get; init; } = 128;

    /// <summary>By how much the loss may rise, above 0, in its unit. Default 1; the paper goes from 1/16 to 4.</summary>
    public double Distortion { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in RowSample.Problems(On, MaxRows, 65536)) { yield return problem; }
        if (Distortion is not (> 0 and < 1e6))
        {
            yield return new("distortion", $"distortion is {Distortion}; give a number above 0, from 1/16 to 4 in the paper.");
        }
    }
}

/// <summary>
/// Complexity as compressed size (DeMoss et al. 2024, section 3): of all coarse versions of the network whose loss is at most L + ε, the
/// bytes of the smallest. A version keeps of each matrix the first k singular values that hold a share τ of their sum, where k·(m + n)
/// &lt; m·n, and rounds all numbers to multiples of δ. Findings, target <c>network on train</c>: <c>bytes</c>; <c>kept</c> τ and
/// <c>grid_step</c> δ of the
/// smallest version; <c>rank</c>, the parameter-weighted mean of k over the matrices that were cut (0 when none); <c>rounded_bytes</c>,
/// the smallest with τ = 1; <c>raw_bytes</c>, the float32 numbers through Brotli, which is also the size when no version will do (then
/// <c>kept</c> is 1 and <c>grid_step</c> 0). OUR CHOICES: Brotli (quality 5, window 22) in place of bzip2, which .NET does not have;
/// Deflate,
/// which it has too, is zlib-ng, whose bytes may follow the processor; the byte layout of <see cref="NetworkBytes"/>; factors with √σ each,
/// so that one δ suits both, where the paper keeps U·S and V; τ in {1, 0.98, 0.9, 0.8}, and for each the largest δ of 25 from 1e-3 to 1,
/// evenly on a logarithmic axis, found by bisection as if the loss rose with δ, in
/// place of Bayesian search. NaN for parameters that are not finite.
/// </summary>
public sealed class ComplexityProbe(ComplexityOptions options) : Probe
{
    private static readonly double[] Shares = [1, 0.98, 0.9, 0.8];

    /// <inheritdoc/>
    public override string Kind => "complexity";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        using var surface = LossSurface.Of(context, RowSample.Of(context, options.On, options.MaxRows, Kind), Kind);
        // What the loss depends on, in ordinal order of names, which is the order of the bytes.
        var names = context.Checkpoint.Parameters.Keys.Order(StringComparer.Ordinal).ToArray();
        var tensors = names.Select(name => context.Checkpoint.Parameters[name]).ToArray();
        var start = surface.Flatten(context.Checkpoint.Parameters);
        if (start.Any(value => !float.IsFinite(value))) { return [new(Kind, RowSample.Title("network", options.On), "bytes", double.NaN)]; }
        var limit = surface.Loss(start) + options.Distortion;
        var search = new CoarseSearch(tensors, parameters =>
        {
            var restored = names.Zip(parameters).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
            return surface.Loss(surface.Flatten(restored)) <= limit;
        });
        var found = Shares.Select(share => search.Smallest(share)).OfType<CoarseVersion>().ToArray();
        var raw = NetworkBytes.Raw(tensors);
        var rounded = found.FirstOrDefault(version => version.Coarseness.Kept == 1);
        var best = found.MinBy(version => version.Bytes) is { } smallest && smallest.Bytes < NetworkBytes.Brotli(raw) ? smallest : null;
        return
        [
            new(Kind, RowSample.Title("network", options.On), "bytes", best?.Bytes ?? NetworkBytes.Brotli(raw)),
            new(Kind, RowSample.Title("network", options.On), "kept", best?.Coarseness.Kept ?? 1),
            new(Kind, RowSample.Title("network", options.On), "grid_step", best?.Coarseness.Step ?? 0),
            new(Kind, RowSample.Title("network", options.On), "rank", best?.Rank ?? 0),
            new(Kind, RowSample.Title("network", options.On), "rounded_bytes", rounded?.Bytes ?? NetworkBytes.Brotli(raw)),
            new(Kind, RowSample.Title("network", options.On), "raw_bytes", NetworkBytes.Brotli(raw)),
        ];
    }
}
