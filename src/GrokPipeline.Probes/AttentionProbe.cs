namespace GrokPipeline.Probes;

/// <summary>Options of <see cref="AttentionProbe"/>.</summary>
public sealed record AttentionOptions : IOptions
{
    /// <summary>Patterns (<c>blocks.0.attn.pattern</c>), or <c>*</c>, the default, for all.</summary>
    public ActivationList At { get; init; } = ActivationList.All;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => At.Problems("blocks.0.attn.pattern");
}

/// <summary>
/// Where each head looks from the last position (Nanda et al. 2023, section 4.1). Findings, with the target <c>pattern head h</c>:
/// <c>to[j]</c>, the mean attention to position j over all rows, in [0, 1], together 1; <c>entropy</c>, the mean over rows of the
/// attention's entropy in nats, from 0 for one position to ln(positions) for all alike; <c>operands</c>, the mean share on the operands'
/// positions.
/// </summary>
public sealed class AttentionProbe(AttentionOptions options) : Probe
{
    private const string Ending = ".attn.pattern";

    /// <inheritdoc/>
    public override string Kind => "attention";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Activations => options.At.Named;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ActivationsAmong(IReadOnlyList<string> known) =>
        options.At.Among(known, name => name.EndsWith(Ending, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var names = ActivationsAmong(context.Checkpoint.ActivationNames);
        if (names.Count == 0)
        {
            throw new GrokException(
                "The probe 'attention' needs a model with attention; this one has no activation that ends in '.attn.pattern'.",
                "Use a transformer.");
        }
        return names.SelectMany(name => Heads(context, name, context.Checkpoint.Activation(name)));
    }

    private IEnumerable<ProbeFinding> Heads(ProbeContext context, string name, Activation pattern)
    {
        if (pattern.Shape.Rank != 3)
        {
            throw new GrokException(
                $"'{name}' is {pattern.Shape} for each row; an attention pattern is [heads, queries, keys].",
                $"Choose one that ends in '{Ending}'.");
        }
        Finite.Require(pattern.Values, pattern.Width, name, Kind);
        var (heads, queries, keys) = (pattern.Shape[0], pattern.Shape[1], pattern.Shape[2]);
        for (var head = 0; head < heads; head++)
        {
            var (mean, entropy) = (new double[keys], 0.0);
            for (var row = 0; row < pattern.Rows; row++)
            {
                var last = pattern.Values.AsSpan((row * pattern.Width) + (((head * queries) + queries - 1) * keys), keys);
                for (var j = 0; j < keys; j++)
                {
                    mean[j] += last[j];
                    if (last[j] > 0) { entropy -= last[j] * PortableMath.Log(last[j]); }
                }
            }
            var target = $"{name} head {head}";
            for (var j = 0; j < keys; j++) { yield return new(Kind, target, $"to[{j}]", mean[j] / pattern.Rows); }
            yield return new(Kind, target, "entropy", entropy / pattern.Rows);
            if (Places(context.Facts.Operands.Length, keys) is { } places)
            {
                yield return new(Kind, target, "operands", places.Sum(place => mean[place]) / pattern.Rows);
            }
        }
    }

    // Where the operands stand among so many tokens: a ∘ b =, ⟨eos⟩ a ∘ b =, a b = or a b.
    private static IEnumerable<int>? Places(int operands, int keys) => operands == 0 ? null
        : keys == 2 * operands ? Enumerable.Range(0, operands).Select(i => 2 * i)
        : keys == (2 * operands) + 1 ? Enumerable.Range(0, operands).Select(i => (2 * i) + 1)
        : keys == operands || keys == operands + 1 ? Enumerable.Range(0, operands) : null;
}
