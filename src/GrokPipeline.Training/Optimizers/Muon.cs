using System.Collections.Immutable;
using GrokPipeline.Graphs;

namespace GrokPipeline.Training.Optimizers;

/// <summary>
/// Options of <c>muon</c>; the defaults are those of its author's code (Jordan 2024), for which arXiv 2504.16041 names no others.
/// </summary>
public sealed record MuonOptions : IOptions
{
    /// <summary>Step size of the matrices, at least 0. Default 0.02.</summary>
    public double LearningRate { get; init; } = 0.02;

    /// <summary>Share of the last direction that is kept, in [0, 1). Default 0.95.</summary>
    public double Momentum { get; init; } = 0.95;

    /// <summary>True, the default: momentum in Nesterov's form.</summary>
    public bool Nesterov { get; init; } = true;

    /// <summary>Newton–Schulz iterations, 1 to 60. Default 5.</summary>
    public int Iterations { get; init; } = 5;

    /// <summary>Decoupled decay of every parameter, at least 0. Default 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>
    /// Parameters that <c>adamw</c> trains besides those that are no matrices, by name, beginning before a dot, or pattern with *; a name
    /// that the model lacks means nothing. Default embeddings, positions and the last layer, as the author advises.
    /// </summary>
    public ImmutableArray<string> AdamwFor { get; init; } = ["embed", "pos", "unembed", "output"];

    /// <summary>How <c>adamw</c> trains those. Its decay is the one above.</summary>
    public MuonAdamWOptions Adamw { get; init; } = new();

    /// <summary>A norm that parameters keep. Default: none.</summary>
    public ClampOptions? Clamp { get; init; }

    /// <summary>What happens to gradients first: ⊥Grad, Grokfast. Default: nothing.</summary>
    public GradientOptions? Gradient { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in OptimizerProblems.LearningRate(LearningRate)) { yield return problem; }
        if (Momentum is not (>= 0 and < 1))
        {
            yield return new("momentum", $"momentum is {Momentum}; give a number in [0, 1), usually 0.95.");
        }
        if (Iterations is < 1 or > 60)
        {
            yield return new("iterations", $"iterations is {Iterations}; give a number from 1 to 60, usually 5.");
        }
        foreach (var problem in OptimizerProblems.Decay("weight_decay", WeightDecay)) { yield return problem; }
        if (Gradient?.Egalitarian is not null)
        {
            yield return new("gradient", "muon makes directions equally fast itself; take egalitarian out, or use kind: sgd.");
        }
    }
}

/// <summary>How <c>muon</c> trains what is no matrix.</summary>
public sealed record MuonAdamWOptions : IOptions
{
    /// <summary>Step size, at least 0; the schedule multiplies it too. Default 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decays of the two moments, each in [0, 1). Default [0.9, 0.98].</summary>
    public ImmutableArray<double> Betas { get; init; } = [0.9, 0.98];

    /// <summary>Added to the denominator. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() =>
        OptimizerProblems.LearningRate(LearningRate).Concat(OptimizerProblems.Betas(Betas)).Concat(OptimizerProblems.Epsilon(Epsilon));
}

/// <summary>
/// Muon: momentum made nearly orthogonal, <c>θ ← θ − η(√max(1, outputs/inputs)·O + λθ)</c>, for matrices of products; <c>adamw</c> for
/// tables, vectors and what the options name (Jordan 2024).
/// </summary>
/// <param name="Options">Its numbers.</param>
public sealed record Muon(MuonOptions Options) : Optimizer
{
    private const string AdamRate = "adamw.learning_rate";

    /// <inheritdoc/>
    public override double LearningRate => Options.LearningRate;

    /// <inheritdoc/>
    public override ImmutableArray<KeyValuePair<string, double>> Settings => [new("weight_decay", Options.WeightDecay)];

    /// <inheritdoc/>
    public override ClampOptions? Clamp => Options.Clamp;

    /// <inheritdoc/>
    protected override ImmutableArray<KeyValuePair<string, double>> OtherRates => [new(AdamRate, Options.Adamw.LearningRate)];

    /// <inheritdoc/>
    protected override GradientOptions? Gradient => Options.Gradient;

    /// <inheritdoc/>
    protected override ImmutableArray<Transform> Parts(StepInputs inputs)
    {
        var parameter = inputs.Parameter;
        var decay = new AddDecayedWeights(inputs.Scalar("weight_decay"));
        if (parameter.Shape.Rank != 2 || parameter.IsTable || Options.AdamwFor.Any(name => ParameterGroup.Holds(name, parameter.Name)))
        {
            var adamw = Options.Adamw;
            return
            [
                new ScaleByAdam(adamw.Betas[0], adamw.Betas[1], adamw.Epsilon), decay, new ScaleByLearningRate(inputs.Scalar(AdamRate)),
            ];
        }
        return
        [
            new Momentum(Options.Momentum, Options.Nesterov), new ScaleByMuon(Options.Iterations), decay,
            new ScaleByLearningRate(inputs.Scalar(LearningRateInput)),
        ];
    }
}

/// <summary>
/// Five steps of the quintic iteration with 3.4445, −4.7750, 2.0315, times <c>√max(1, outputs/inputs)</c> (Jordan 2024): singular values
/// between about 0.7 and 1.2, not 1.
/// </summary>
/// <param name="Iterations">How many, usually 5.</param>
public sealed record ScaleByMuon(int Iterations) : Transform
{
    /// <inheritdoc/>
    public override Change Apply(Value update, Value parameter, ReadOnlySpan<Value> slots, ReadOnlySpan<Value> scalars)
    {
        var scale = Math.Sqrt(Math.Max(1, (double)update.Shape[1] / update.Shape[0]));                 // matrices are [inputs, outputs]
        return new(NewtonSchulz.Apply(update, Iterations, (3.4445, -4.7750, 2.0315)) * scale, []);
    }
}
