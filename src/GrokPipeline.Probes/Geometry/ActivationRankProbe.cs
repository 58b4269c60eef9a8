namespace GrokPipeline.Probes.Geometry;

/// <summary>Options of <see cref="ActivationRankProbe"/>.</summary>
public sealed record ActivationRankOptions : IOptions
{
    /// <summary>The activations to read: names (<c>hidden.0</c>, <c>blocks.0.resid_post</c>, <c>logits</c>), or <c>*</c>, the default, for
    /// all.</summary>
    public ActivationList At { get; init; } = ActivationList.All;

    /// <summary>The split whose rows are read, or <c>all</c>.</summary>
    public string On { get; init; } = "all";

    /// <summary>Most rows, drawn by seed when there are more, from 2 to 4096. Default 512.</summary>
    public int MaxRows { get; init; } = 512;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => At.Problems("hidden.0").Concat(RowSample.Problems(On, MaxRows, 4096));
}

/// <summary>
/// How many directions an activation uses, from the eigenvalues λ of its covariance over rows (all positions of a row are one vector):
/// <c>effective_rank</c> exp(−Σ pᵢ·ln pᵢ) with pᵢ = λᵢ / Σλ (Roy and Vetterli 2007), <c>svd_entropy</c> its exponent in nats,
/// <c>participation_ratio</c> (Σλ)² / Σλ² (Gao et al. 2017), <c>variance</c> Σλ. The ranks are from 1 to the smaller of width and rows − 1;
/// 0 for an activation that never changes, NaN for one that is not finite.
/// </summary>
public sealed class ActivationRankProbe(ActivationRankOptions options) : Probe
{
    /// <inheritdoc/>
    public override string Kind => "activation_rank";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Activations => options.At.Named;

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var rows = RowSample.Of(context, options.On, options.MaxRows, Kind);
        var names = Layers.Names(context, options.At, Kind);
        foreach (var (layer, features) in names.Zip(Layers.Of(context, context.Checkpoint, options.At, names, rows)))
        {
            var name = RowSample.Title(layer, options.On);
            var values = Eigenvalues(features.Centred());
            var entropy = Spectrum.Entropy(values);
            yield return new(Kind, name, "effective_rank", values[0] == 0 ? 0 : PortableMath.Exp(entropy));
            yield return new(Kind, name, "svd_entropy", entropy);
            yield return new(Kind, name, "participation_ratio", Spectrum.Participation(values));
            yield return new(Kind, name, "variance", values.Sum());
        }
    }

    // X·Xᵀ and Xᵀ·X have the same eigenvalues but for zeros; the smaller one is cheaper.
    private static double[] Eigenvalues(Features features)
    {
        var wide = features.Width > features.Rows;
        var values = SymmetricEigen.Values(wide ? features.Gram() : features.Scatter(), wide ? features.Rows : features.Width);
        return [.. values.Select(value => value / (features.Rows - 1))];
    }
}
