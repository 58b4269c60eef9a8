using System.Collections.Immutable;

namespace GrokPipeline.Probes.Landscape;

/// <summary>Options of <see cref="LearningCoefficientProbe"/>.</summary>
public sealed record LearningCoefficientOptions : IOptions
{
    /// <summary>The split whose rows the loss is the mean of: n of them, or <c>all</c>.</summary>
    public string On { get; init; } = "train";

    /// <summary>Rows per draw, from 2 to 65536. Default 32.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Independent chains, from 1 to 100. Default 2.</summary>
    public int Chains { get; init; } = 2;

    /// <summary>Steps of a chain that are thrown away, from 0 to 100000. Default 10.</summary>
    public int BurnIn { get; init; } = 10;

    /// <summary>Draws of a chain that count, from 2 to 100000. Default 30.</summary>
    public int Draws { get; init; } = 30;

    /// <summary>Step size ε of SGLD, above 0. Default 1e-5.</summary>
    public double StepSize { get; init; } = 1e-5;

    /// <summary>Localization γ that pulls chains back to the checkpoint, at least 0. Default 100.</summary>
    public double Localization { get; init; } = 100;

    /// <summary>nβ; 0, the default, for n / ln n (Watanabe 2013).</summary>
    public double InverseTemperature { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in RowSample.Problems(On, 2, 2)) { yield return problem; }
        if (Batch is < 2 or > 65536) { yield return new("batch", $"batch is {Batch}; give a number from 2 to 65536."); }
        if (Chains is < 1 or > 100) { yield return new("chains", $"chains is {Chains}; give a number from 1 to 100."); }
        if (BurnIn is < 0 or > 100_000) { yield return new("burn_in", $"burn_in is {BurnIn}; give a number from 0 to 100000."); }
        if (Draws is < 2 or > 100_000) { yield return new("draws", $"draws is {Draws}; give a number from 2 to 100000."); }
        if (StepSize is not (> 0 and <= 1))
        {
            yield return new("step_size", $"step_size is {StepSize}; give a number in (0, 1], usually 1e-5.");
        }
        if (Localization is not (>= 0 and < 1e12))
        {
            yield return new("localization", $"localization is {Localization}; give a number of at least 0, usually 100.");
        }
        if (InverseTemperature is not (>= 0 and < 1e12))
        {
            yield return new(
                "inverse_temperature", $"inverse_temperature is {InverseTemperature}; give a number above 0, or 0 for n / ln n.");
        }
    }
}

/// <summary>
/// The local learning coefficient λ̂ = nβ·(E[Lₙ(w)] − Lₙ(w*)) of Lau et al. (2023, definition 1), with nβ = n / ln n and the expectation
/// over SGLD (Welling and Teh 2011) around the checkpoint w*: w ← w − (ε/2)·(nβ·∇L_batch(w) + γ·(w − w*)) + √ε·ξ. Findings, target
/// <c>loss</c>: <c>coefficient</c>, the mean over chains; <c>coefficient_sd</c>, their standard deviation (NaN for one chain);
/// <c>below_start</c>, the share of draws whose loss is below that of w* on the same rows: above about 0.01 the checkpoint is no minimum
/// or ε is too large, and λ̂ means little (Lau et al., section 5). OUR CHOICES: ξ are independent signs, whose steps have the same weak
/// order as normal ones (Kloeden and Platen 1992, section 14.1) and cost far less to draw; each draw's loss is compared with that of w*
/// on the same batch, which leaves the mean as it is and takes most of its noise away. λ̂ depends on ε, γ and the number of draws:
/// compare it only between checkpoints that share them.
/// </summary>
public sealed class LearningCoefficientProbe(LearningCoefficientOptions options) : Probe
{
    /// <inheritdoc/>
    public override string Kind => "learning_coefficient";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var rows = RowSample.Of(context, options.On, int.MaxValue, Kind);
        var beta = options.InverseTemperature > 0 ? options.InverseTemperature : rows.Length / PortableMath.Log(rows.Length);
        var batch = Math.Min(options.Batch, rows.Length);
        using var surface = LossSurface.Of(context, batch, Kind);
        var settings = new SgldSettings(beta, options.StepSize, options.Localization, options.BurnIn, options.Draws);
        var start = surface.Flatten(context.Checkpoint.Parameters);
        var chains = Enumerable.Range(0, options.Chains).Select(chain =>
        {
            var seed = context.Seed.Derive($"sgld/{chain}");
            return SgldChain.Run(new Batches(surface, rows, batch, seed.Derive("batches").Stream()), start, settings, seed);
        }).ToImmutableArray();
        var mean = chains.Sum(chain => chain.Coefficient) / chains.Length;
        var squares = chains.Sum(chain => (chain.Coefficient - mean) * (chain.Coefficient - mean));
        return
        [
            new(Kind, "loss", "coefficient", mean),
            new(Kind, "loss", "coefficient_sd", chains.Length > 1 ? Math.Sqrt(squares / (chains.Length - 1)) : double.NaN),
            new(Kind, "loss", "below_start", chains.Sum(chain => chain.BelowStart) / chains.Length),
        ];
    }

    // Another batch of rows at every step, drawn with replacement between steps and without within one.
    private sealed class Batches(LossSurface surface, int[] rows, int batch, RandomStream draws) : ISampledObjective
    {
        private readonly int[] _order = (int[])rows.Clone();

        public int Size => surface.Size;

        public void Next()
        {
            for (var i = 0; i < batch; i++)
            {
                var j = i + draws.NextBelow(_order.Length - i);
                (_order[i], _order[j]) = (_order[j], _order[i]);
            }
            surface.Take(_order.AsSpan(0, batch));
        }

        public double Gradient(ReadOnlySpan<float> point, Span<float> gradient) => surface.Gradient(point, gradient);

        public double Value(ReadOnlySpan<float> point) => surface.Loss(point);
    }
}
