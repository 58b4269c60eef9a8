namespace GrokPipeline.Probes;

/// <summary>Options of <see cref="FourierProbe"/>.</summary>
public sealed record FourierOptions : IOptions
{
    /// <summary>A matrix whose rows belong to operand values: an embedding, or the first layer behind one-hot inputs.</summary>
    public string Parameter { get; init; } = "hidden.0.weight";

    /// <summary>A frequency is a key frequency when its share of the power is at least this, in (0, 1]. Default 0.05.</summary>
    public double KeyShare { get; init; } = 0.05;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (KeyShare is not (> 0 and <= 1)) { yield return new("key_share", $"key_share is {KeyShare}; give a number in (0, 1], usually 0.05."); }
    }
}

/// <summary>
/// The spectrum of a matrix over operand values (Nanda et al. 2023, section 4): for every column the discrete Fourier transform along the p
/// rows, its power summed over columns. Findings: <c>share[k]</c>, the share of frequency k = 1 … ⌊p/2⌋ in the power of all of them (the constant
/// part is left out); <c>key_frequencies</c>, how many have at least <see cref="FourierOptions.KeyShare"/>; <c>gini</c>, 0 for equal shares, near 1 for a
/// single one; <c>top5_share</c>. A matrix with m·p rows (one block per operand) is read block by block and the powers are added; rows beyond the
/// last whole block (the tokens ∘ and =) are left out.
/// </summary>
public sealed class FourierProbe(FourierOptions options) : Probe
{
    /// <inheritdoc/>
    public override string Kind => "fourier";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var p = context.Facts.OperandValues;
        if (p < 3)
        {
            throw new GrokException("The fourier probe needs a dataset with at least 3 operand values.", "Use it with modular arithmetic.");
        }
        foreach (var (name, tensor) in ParameterChoice.Of(
            context.Checkpoint.Parameters, options.Parameter, t => t.Shape.Rank == 2 && t.Shape[0] >= p, $"a matrix with at least {p} rows, one per operand value"))
        {
            var shares = Shares(tensor, p);
            for (var k = 1; k <= shares.Length; k++) { yield return new(Kind, name, $"share[{k}]", shares[k - 1]); }
            yield return new(Kind, name, "key_frequencies", shares.Count(share => share >= options.KeyShare));
            yield return new(Kind, name, "gini", Gini(shares));
            yield return new(Kind, name, "top5_share", shares.OrderDescending().Take(5).Sum());
        }
    }

    private static double[] Shares(Tensor tensor, int p)
    {
        var width = tensor.Shape[1];
        var matrix = tensor.AsSpan<float>();
        var power = new double[p / 2];
        var (real, imaginary) = (new double[width], new double[width]);
        for (var block = 0; block < tensor.Shape[0] / p; block++)
        {
            for (var k = 1; k <= power.Length; k++)
            {
                Array.Clear(real);
                Array.Clear(imaginary);
                for (var row = 0; row < p; row++)
                {
                    var turns = (double)((long)k * row % p) / p;
                    var (cosine, sine) = (PortableMath.CosTurns(turns), PortableMath.SinTurns(turns));
                    var values = matrix.Slice(((block * p) + row) * width, width);
                    for (var c = 0; c < width; c++)
                    {
                        real[c] += cosine * values[c];
                        imaginary[c] += sine * values[c];
                    }
                }
                for (var c = 0; c < width; c++) { power[k - 1] += (real[c] * real[c]) + (imaginary[c] * imaginary[c]); }
            }
        }
        if (p % 2 == 0) { power[^1] /= 2; }                   // the highest frequency of an even p has no twin at p − k
        var total = power.Sum();
        return [.. power.Select(value => total == 0 ? 0 : value / total)];
    }

    private static double Gini(double[] shares)
    {
        var sorted = shares.Order().ToArray();
        double weighted = 0;
        for (var i = 0; i < sorted.Length; i++) { weighted += ((2.0 * (i + 1)) - sorted.Length - 1) * sorted[i]; }
        var total = sorted.Sum();
        return total == 0 ? 0 : weighted / (sorted.Length * total);
    }
}
