namespace GrokPipeline.Probes;

/// <summary>Options of <see cref="ProgressProbe"/>.</summary>
public sealed record ProgressOptions : IOptions
{
    /// <summary>The key frequencies, each from 1 to ⌊p/2⌋; empty, the default, for those of the last checkpoint.</summary>
    public IntegerList Frequencies { get; init; }

    /// <summary>
    /// Without given frequencies: key are the fewest that hold this share of the power of all, in the part of the last checkpoint's logits
    /// that depends on the result alone; in (0, 1]. Default 0.95.
    /// </summary>
    public double Coverage { get; init; } = 0.95;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var k in Frequencies.Where(k => k < 1))
        {
            yield return new("frequencies", $"frequencies holds {k}; give numbers from 1 to half the modulus.");
        }
        if (Frequencies.Distinct().Count() != Frequencies.Count)
        {
            yield return new("frequencies", "frequencies holds a number twice; give each once.");
        }
        if (Coverage is not (> 0 and <= 1))
        {
            yield return new("coverage", $"coverage is {Coverage}; give a number in (0, 1], usually 0.95.");
        }
    }
}

/// <summary>
/// Progress measures of addition and subtraction modulo an odd p (Nanda et al. 2023, section 5.1), from the logits L of all p² pairs. With
/// s the result, the part of L at frequency k is its projection on <c>cos(2πks/p)</c> and <c>sin(2πks/p)</c> as functions of the pair,
/// class by class. The restricted logits are the sum of these parts over the key frequencies plus L's mean over pairs; the excluded ones
/// are L without these parts. Findings, with the split as target (<c>all</c>: the p² pairs): <c>full_loss</c>, <c>restricted_loss</c>,
/// <c>excluded_loss</c> in the training loss's unit (nats for cross-entropy), the same with <c>_accuracy</c>, and <c>excluded_loss[k]</c>
/// without the key frequency k alone, for the ten strongest. With the target <c>logits</c>: <c>share[k]</c> of frequency k in the power of
/// all of them; <c>sum_share</c>, the share of the variance of L over pairs that depends on the result alone; <c>gini</c> of the shares;
/// <c>key_frequencies</c>; <c>cosine[k]</c> for a key frequency, the cosine similarity of L, without its means over classes, with
/// <c>cos(2πk(s − class)/p)</c>.
/// </summary>
public sealed class ProgressProbe(ProgressOptions options) : Probe
{
    private const int MostSingle = 10;

    // All checkpoints of a run are looked at with the frequencies of its last one.
    private (ProbedCheckpoint Final, int[] Keys)? _known;

    /// <inheritdoc/>
    public override string Kind => "progress";

    /// <inheritdoc/>
    public override bool NeedsClasses => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Activations => [ProbedCheckpoint.Logits];

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var grid = InputGrid.Of(context, Kind);
        var sign = grid.Sign(Kind);
        var keys = Keys(context, grid, sign);
        var logits = new SumLogits(grid, sign, grid.Of(context.Checkpoint, ProbedCheckpoint.Logits));
        var findings = new List<ProbeFinding>();
        var shares = logits.Shares();
        for (var k = 1; k <= shares.Length; k++) { findings.Add(new(Kind, "logits", $"share[{k}]", shares[k - 1])); }
        findings.Add(new(Kind, "logits", "sum_share", logits.SumShare()));
        findings.Add(new(Kind, "logits", "gini", Waves.Gini(shares)));
        findings.Add(new(Kind, "logits", "key_frequencies", keys.Length));
        findings.AddRange(keys.Select(k => new ProbeFinding(Kind, "logits", $"cosine[{k}]", logits.Cosine(k))));
        var scores = new ProgressScores(context, grid, logits.Sums);
        findings.AddRange(scores.Of(Kind, "full", logits.Full()));
        findings.AddRange(scores.Of(Kind, "restricted", logits.Restricted(keys)));
        findings.AddRange(scores.Of(Kind, "excluded", logits.Excluded(keys)));
        foreach (var k in keys.Take(MostSingle)) { findings.AddRange(scores.Of(Kind, "excluded", logits.Excluded([k]), k)); }
        return findings;
    }

    private int[] Keys(ProbeContext context, InputGrid grid, int sign)
    {
        if (options.Frequencies.Count > 0)
        {
            return options.Frequencies.FirstOrDefault(k => k > grid.Waves.Highest) is var beyond and > 0
                ? throw new GrokException(
                    $"The probe '{Kind}' was given the frequency {beyond}; modulo {grid.Modulus} there are 1 to {grid.Waves.Highest}.",
                    "Choose among these.")
                : [.. options.Frequencies];
        }
        if (_known is not { } known || known.Final != context.Final)
        {
            var final = new SumLogits(grid, sign, grid.Of(context.Final, ProbedCheckpoint.Logits));
            _known = known = (context.Final, OperandMatrix.Keys(final.Shares(), options.Coverage));
        }
        return known.Keys;
    }
}
