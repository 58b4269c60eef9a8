namespace GrokPipeline.Probes;

/// <summary>Options of <see cref="NeuronFrequencyProbe"/>.</summary>
public sealed record NeuronFrequencyOptions : IOptions
{
    /// <summary>
    /// Activations (<c>hidden.0</c>, <c>blocks.0.mlp.post</c>, <c>logits</c>), their last position; <c>*</c> for all. Empty, the default,
    /// is
    /// the last block's <c>mlp.post</c> where the model has one, else <c>hidden.0.pre</c>.
    /// </summary>
    public ActivationList At { get; init; } = [];

    /// <summary>
    /// A neuron is explained when one frequency has at least this share of its variance, in (0, 1]. Default 0.85, as in Nanda et al.; the
    /// square of a wave of one frequency has 0.8, the rest at twice that frequency.
    /// </summary>
    public double Explained { get; init; } = 0.85;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in At.Items.IsEmpty ? [] : At.Problems("hidden.0")) { yield return problem; }
        if (Explained is not (> 0 and <= 1))
        {
            yield return new("explained", $"explained is {Explained}; give a number in (0, 1], usually 0.85.");
        }
    }
}

/// <summary>
/// Which frequency each neuron follows (Nanda et al. 2023, section 4.2; Gromov 2023). A neuron's values over all p² pairs are transformed
/// along both operands; a frequency k explains the eight components that are constant, cosine or sine of k in either operand, without the
/// constant in both: <c>shareₖ</c> is their power over the neuron's variance, and the neuron's frequency is the largest. Findings:
/// <c>neurons[k]</c>, how many explained neurons have frequency k (0 for most); <c>explained</c>, the share of explained ones among those
/// that vary; <c>mean_share</c> of the largest share; <c>frequencies</c>, how many have an explained neuron; <c>constant</c>, how many
/// neurons do not vary.
/// </summary>
public sealed class NeuronFrequencyProbe(NeuronFrequencyOptions options) : Probe
{
    /// <inheritdoc/>
    public override string Kind => "neuron_frequencies";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Activations => options.At.Named;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ActivationsAmong(IReadOnlyList<string> known) => Chosen(known);

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var grid = InputGrid.Of(context, Kind);
        return Chosen(context.Checkpoint.ActivationNames).SelectMany(at => Findings(context, grid, at));
    }

    private IEnumerable<ProbeFinding> Findings(ProbeContext context, InputGrid grid, string at)
    {
        var activation = grid.Of(context.Checkpoint, at).AtLastPosition(at);
        Finite.Require(activation.Values, activation.Width, at, Kind);
        var neurons = PairSpectrum.Of(grid, activation);
        var varying = neurons.Where(neuron => neuron.Frequency > 0).ToList();
        var explained = varying.Where(neuron => neuron.Share >= options.Explained).ToList();
        for (var k = 1; k <= grid.Waves.Highest; k++)
        {
            yield return new(Kind, at, $"neurons[{k}]", explained.Count(neuron => neuron.Frequency == k));
        }
        yield return new(Kind, at, "explained", varying.Count == 0 ? double.NaN : (double)explained.Count / varying.Count);
        yield return new(Kind, at, "mean_share", varying.Count == 0 ? double.NaN : varying.Average(neuron => neuron.Share));
        yield return new(Kind, at, "frequencies", explained.Select(neuron => neuron.Frequency).Distinct().Count());
        yield return new(Kind, at, "constant", neurons.Length - varying.Count);
    }

    private IReadOnlyList<string> Chosen(IReadOnlyList<string> known) => options.At.Items.IsEmpty
        ? [known.LastOrDefault(name => name.EndsWith(".mlp.post", StringComparison.Ordinal)) ?? "hidden.0.pre"]
        : options.At.Among(known, _ => true);
}
