using System.Collections.Immutable;

namespace GrokPipeline.Training.Optimizers;

/// <summary>Options of <c>sgd</c>.</summary>
public sealed record SgdOptions : IKnowsOtherNames
{
    /// <summary>Step size, at least 0. Default 0.1.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Share of the last direction that is kept, in [0, 1). Default 0: plain gradient descent.</summary>
    public double Momentum { get; init; }

    /// <summary>True: momentum in Nesterov's form. Default false.</summary>
    public bool Nesterov { get; init; }

    /// <summary>Added to the gradient as l2 · parameter. Default 0.</summary>
    public double L2 { get; init; }

    /// <summary>What decay pulls to. Only to_zero: l2 is a part of the gradient. The other kinds are options of <c>adamw</c>.</summary>
    public DecayKind? Decay { get; init; }

    /// <summary>A norm that parameters keep. Default: none.</summary>
    public ClampOptions? Clamp { get; init; }

    /// <summary>What happens to gradients first: egalitarian, ⊥Grad, Grokfast. Default: nothing.</summary>
    public GradientOptions? Gradient { get; init; }

    /// <summary>
    /// Numbers of their own for some parameters, by a parameter's name, the beginning of some before a dot (<c>embed</c>), or a pattern
    /// with *. What a group does not say is as above. Default none.
    /// </summary>
    public ImmutableSortedDictionary<string, L2GroupOptions> Groups { get; init; } =
        ImmutableSortedDictionary<string, L2GroupOptions>.Empty;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in OptimizerProblems.LearningRate(LearningRate)) { yield return problem; }
        if (Momentum is not (>= 0 and < 1))
        {
            yield return new("momentum", $"momentum is {Momentum}; give a number in [0, 1), often 0.9.");
        }
        if (Nesterov && Momentum == 0) { yield return new("nesterov", "nesterov is a form of momentum, which is 0; set momentum too."); }
        foreach (var problem in OptimizerProblems.Decay("l2", L2)) { yield return problem; }
        foreach (var problem in OptimizerProblems.OnlyToZero(Decay, "sgd")) { yield return problem; }
    }

    /// <inheritdoc/>
    public string? Instead(string option) => OptimizerProblems.NotDecoupled(option, "sgd");
}

/// <summary>Stochastic gradient descent with momentum: <c>θ ← θ − η·b</c>, <c>b ← μb + g + l2·θ</c>.</summary>
/// <param name="Options">Its numbers.</param>
public sealed record Sgd(SgdOptions Options) : Optimizer
{
    /// <inheritdoc/>
    public override double LearningRate => Options.LearningRate;

    /// <inheritdoc/>
    public override ImmutableArray<KeyValuePair<string, double>> Settings => [new("l2", Options.L2)];

    /// <inheritdoc/>
    public override ImmutableArray<ParameterGroup> Groups =>
    [
        .. Options.Groups.Select(group => new ParameterGroup(
            group.Key, group.Value.LearningRate ?? LearningRate, [new("l2", group.Value.L2 ?? Options.L2)])),
    ];

    /// <inheritdoc/>
    public override ClampOptions? Clamp => Options.Clamp;

    /// <inheritdoc/>
    protected override GradientOptions? Gradient => Options.Gradient;

    /// <inheritdoc/>
    protected override ImmutableArray<Transform> Parts(StepInputs inputs)
    {
        ImmutableArray<Transform> momentum = Options.Momentum == 0 ? [] : [new Momentum(Options.Momentum, Options.Nesterov)];
        return [new AddDecayedWeights(inputs.Scalar("l2")), .. momentum, new ScaleByLearningRate(inputs.Scalar(LearningRateInput))];
    }
}
