namespace GrokPipeline.Probes;

/// <summary>Options of <see cref="FourierProbe"/>.</summary>
public sealed record FourierOptions : IOptions
{
    /// <summary>
    /// A matrix whose rows belong to operand values: an embedding, or the first layer behind one-hot inputs. Empty, the default, is
    /// <c>embed.weight</c> where the model has it, else <c>hidden.0.weight</c>.
    /// </summary>
    public string Parameter { get; init; } = "";

    /// <summary>A frequency is a key frequency when its share of the power is at least this, in (0, 1]. Default 0.05.</summary>
    public double KeyShare { get; init; } = 0.05;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (KeyShare is not (> 0 and <= 1))
        {
            yield return new("key_share", $"key_share is {KeyShare}; give a number in (0, 1], usually 0.05.");
        }
    }
}

/// <summary>
/// The spectrum of a matrix over operand values (Nanda et al. 2023, section 4): for every column the discrete Fourier transform along the p
/// rows, its power summed over columns. Findings: <c>share[k]</c>, the share of frequency k = 1 … ⌊p/2⌋ in the power of all of them (the
/// constant part is left out); <c>key_frequencies</c>, how many have at least <see cref="FourierOptions.KeyShare"/>; <c>gini</c> of the
/// shares, 0 for equal ones, near 1 for a single one; <c>gini_norms</c>, the same of their square roots, as Nanda et al. take it;
/// <c>top5_share</c>; <c>ipr</c>, the inverse participation ratio <c>Σ shareₖ²</c> of one column's power, mean over columns (Doshi et al.
/// 2023, with r = 2): 1 when each column has one frequency, about 2/p when its power is spread. A matrix with m·p rows (one block per
/// operand) is read block by block and the powers are added; rows beyond the last whole block (the tokens ∘ and =) are left out.
/// </summary>
public sealed class FourierProbe(FourierOptions options) : Probe
{
    /// <inheritdoc/>
    public override string Kind => "fourier";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        foreach (var (name, tensor) in OperandMatrix.Of(context, options.Parameter, Kind))
        {
            var columns = OperandMatrix.ColumnPower(tensor, new Waves(context.Facts.OperandValues));
            var power = columns.Select(row => row.Sum()).ToArray();
            var total = power.Sum();
            var shares = power.Select(value => total == 0 ? 0 : value / total).ToArray();
            for (var k = 1; k <= shares.Length; k++) { yield return new(Kind, name, $"share[{k}]", shares[k - 1]); }
            yield return new(Kind, name, "key_frequencies", shares.Count(share => share >= options.KeyShare));
            yield return new(Kind, name, "gini", Waves.Gini(shares));
            yield return new(Kind, name, "gini_norms", Waves.Gini([.. shares.Select(Math.Sqrt)]));
            yield return new(Kind, name, "top5_share", shares.OrderDescending().Take(5).Sum());
            yield return new(Kind, name, "ipr", ParticipationOf(columns));
        }
    }

    // Columns without power have no frequency and do not count; 0 when none has any.
    private static double ParticipationOf(double[][] power)
    {
        double sum = 0;
        var counted = 0;
        for (var c = 0; c < power[0].Length; c++)
        {
            var (first, second) = (power.Sum(row => row[c]), power.Sum(row => row[c] * row[c]));
            if (first == 0) { continue; }
            sum += second / (first * first);
            counted++;
        }
        return counted == 0 ? 0 : sum / counted;
    }
}
