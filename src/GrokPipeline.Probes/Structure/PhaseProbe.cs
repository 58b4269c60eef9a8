namespace GrokPipeline.Probes.Structure;

/// <summary>Options of <see cref="PhaseProbe"/>.</summary>
public sealed record PhaseOptions : IOptions
{
    /// <summary>The power r of the inverse participation ratio, from 2 to 16. Default 2, as in Gromov.</summary>
    public int R { get; init; } = 2;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (R is < 2 or > 16) { yield return new("r", $"r is {R}; give a whole number from 2 to 16."); }
    }
}

/// <summary>
/// Whether each neuron is a wave whose phases fit, as in the analytic solution of Gromov (2023), for an <c>mlp</c> with one hidden layer
/// behind two one-hot operands, and labels a ± b: the weights to a neuron from a and from b and those from it to the classes are
/// cos(2πka/p + φ₁), cos(2πkb/p ± φ₂) and cos(2πkc/p + φ₃) of one frequency k with φ₁ + φ₂ = φ₃. Findings: <c>phase_cosine</c>, mean
/// over neurons of cos(φ₁ + φ₂ − φ₃) at the frequency where the neuron's weights from a are strongest (1: all fit, about 0: chance);
/// <c>phase_fit</c>, the share of neurons where it is above 0.9; <c>same_frequency</c>, the share with the same strongest frequency in
/// all three; <c>ipr</c>, mean of Σ shareₖʳ over the three (1: one frequency, about (2/p)^(r−1): spread). Neurons without weights do not
/// count.
/// </summary>
public sealed class PhaseProbe(PhaseOptions options) : Probe
{
    private const double Fits = 0.9;

    /// <inheritdoc/>
    public override string Kind => "neuron_phases";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var grid = InputGrid.Of(context, Kind);
        var (p, sign) = (grid.Modulus, grid.Sign(Kind));
        var parameters = context.Checkpoint.Parameters;
        if (!parameters.TryGetValue("hidden.0.weight", out var first) || !parameters.TryGetValue("output.weight", out var last)
            || first.Shape[0] != 2 * p || last.Shape[0] != first.Shape[1] || last.Shape[1] != p)
        {
            throw new GrokException(
                $"The {Kind} probe needs an mlp with one hidden layer behind two one-hot operands.", "Use the probe 'neuron_frequencies'.");
        }
        var waves = Neurons(grid.Waves, first, last).Where(neuron => neuron.All(wave => wave.Power.Sum() > 0)).ToArray();
        var cosines = waves.Select(neuron => Cosine(neuron, sign)).ToArray();
        yield return new(Kind, "all", "phase_cosine", Mean(cosines));
        yield return new(Kind, "all", "phase_fit", Mean([.. cosines.Select(cosine => cosine > Fits ? 1.0 : 0)]));
        yield return new(
            Kind, "all", "same_frequency", Mean([.. waves.Select(neuron => neuron.Select(Strongest).Distinct().Count() == 1 ? 1.0 : 0)]));
        yield return new(Kind, "all", "ipr", Mean([.. waves.SelectMany(neuron => neuron.Select(Participation))]));
    }

    private static double Mean(double[] values) => values.Length == 0 ? double.NaN : values.Average();

    // For each neuron the transforms of its weights from a, from b and to the classes.
    private static IEnumerable<Wave[]> Neurons(Waves waves, Tensor first, Tensor last)
    {
        var (p, width) = (waves.Cosines.Length, first.Shape[1]);
        var (reading, writing) = (first.AsSpan<float>().ToArray(), last.AsSpan<float>().ToArray());
        for (var n = 0; n < width; n++)
        {
            var neuron = n;
            yield return
            [
                Wave.Of(waves, x => reading[(x * width) + neuron]), Wave.Of(waves, x => reading[((p + x) * width) + neuron]),
                Wave.Of(waves, x => writing[(neuron * p) + x]),
            ];
        }
    }

    private static int Strongest(Wave wave) => Array.IndexOf(wave.Power, wave.Power.Max());

    // Of φ₁ ± φ₂ − φ₃, from the product of the three as complex numbers; with a − b the second wave runs backwards.
    private static double Cosine(Wave[] neuron, int sign)
    {
        var k = Strongest(neuron[0]);
        var (real, imaginary) = Times(neuron[0].At(k), neuron[1].At(k), sign);
        (real, imaginary) = Times((real, imaginary), neuron[2].At(k), -1);
        var length = Math.Sqrt((real * real) + (imaginary * imaginary));
        return length > 0 ? real / length : 0;
    }

    // a·b, or a times the conjugate of b.
    private static (double Real, double Imaginary) Times((double Real, double Imaginary) a, (double Real, double Imaginary) b, int sign) =>
        ((a.Real * b.Real) - (sign * a.Imaginary * b.Imaginary), (sign * a.Real * b.Imaginary) + (a.Imaginary * b.Real));

    private double Participation(Wave wave)
    {
        var total = wave.Power.Sum();
        return wave.Power.Sum(power => Enumerable.Repeat(power / total, options.R).Aggregate(1.0, (product, share) => product * share));
    }

    // The transform Σ w(x)·e^(−2πikx/p) for k from 1, at index k − 1: the phase of cos(2πkx/p + φ) is φ.
    private sealed record Wave(double[] Real, double[] Imaginary)
    {
        public double[] Power { get; } = [.. Real.Zip(Imaginary, (x, y) => (x * x) + (y * y))];

        public static Wave Of(Waves waves, Func<int, double> weight)
        {
            var (real, imaginary) = (new double[waves.Highest], new double[waves.Highest]);
            for (var k = 1; k <= waves.Highest; k++)
            {
                for (var x = 0; x < waves.Cosines.Length; x++)
                {
                    real[k - 1] += weight(x) * waves.Cosines[waves.At(k, x)];
                    imaginary[k - 1] -= weight(x) * waves.Sines[waves.At(k, x)];
                }
            }
            return new(real, imaginary);
        }

        public (double Real, double Imaginary) At(int k) => (Real[k], Imaginary[k]);
    }
}
