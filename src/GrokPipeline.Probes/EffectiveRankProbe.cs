namespace GrokPipeline.Probes;

/// <summary>Options of <see cref="EffectiveRankProbe"/>.</summary>
public sealed record EffectiveRankOptions : IOptions
{
    /// <summary>A matrix's name, or <c>*</c> for all matrices.</summary>
    public string Parameter { get; init; } = "*";

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [];
}

/// <summary>
/// How many directions a matrix uses, from its singular values σ: <c>effective_rank</c> exp(−Σ pᵢ·ln pᵢ) with pᵢ = σᵢ / Σσ (Roy and
/// Vetterli 2007), <c>svd_entropy</c> the exponent itself in nats, <c>participation_ratio</c> (Σσ²)² / Σσ⁴, <c>stable_rank</c> Σσ² / max
/// σ². The ranks are from 1 to the smaller extent; all are 0 for a zero matrix.
/// </summary>
public sealed class EffectiveRankProbe(EffectiveRankOptions options) : Probe
{
    /// <inheritdoc/>
    public override string Kind => "effective_rank";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        foreach (var (name, tensor) in ParameterChoice.Of(
            context.Checkpoint.Parameters, options.Parameter, t => t.Type.Element == ElementType.Float32 && t.Shape.Rank == 2, "a matrix"))
        {
            var values = SingularValues.Of(tensor.AsSpan<float>(), tensor.Shape[0], tensor.Shape[1]);
            var entropy = Spectrum.Entropy(values);
            yield return new(Kind, name, "effective_rank", values.Max() == 0 ? 0 : PortableMath.Exp(entropy));
            yield return new(Kind, name, "svd_entropy", entropy);
            yield return new(Kind, name, "participation_ratio", Spectrum.Participation([.. values.Select(v => v * v)]));
            yield return new(Kind, name, "stable_rank", values.Max() == 0 ? 0 : values.Sum(v => v * v) / (values.Max() * values.Max()));
        }
    }
}
