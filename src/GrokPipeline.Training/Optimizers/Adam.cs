using System.Collections.Immutable;

namespace GrokPipeline.Training.Optimizers;

/// <summary>Options of <c>adam</c>; the defaults are PyTorch's.</summary>
public sealed record AdamOptions : IKnowsOtherNames
{
    /// <summary>Step size, at least 0. Default 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decays of the two moments, each in [0, 1). Default [0.9, 0.999].</summary>
    public ImmutableArray<double> Betas { get; init; } = [0.9, 0.999];

    /// <summary>Added to the denominator. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>
    /// Added to the gradient as l2 · parameter, before the moments: what PyTorch's Adam calls weight_decay. Default 0. Not the same as
    /// <c>weight_decay</c> of <c>adamw</c>.
    /// </summary>
    public double L2 { get; init; }

    /// <summary>What decay pulls to. Only to_zero: l2 is a part of the gradient. The other kinds are options of <c>adamw</c>.</summary>
    public DecayKind? Decay { get; init; }

    /// <summary>Deviation of normal noise added to Adam's direction before the learning rate, as in <c>adamw</c>. Default none.</summary>
    public double? UpdateNoise { get; init; }

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
    public IEnumerable<OptionProblem> Problems() =>
        OptimizerProblems.LearningRate(LearningRate).Concat(OptimizerProblems.Betas(Betas)).Concat(OptimizerProblems.Epsilon(Epsilon))
            .Concat(OptimizerProblems.Decay("l2", L2)).Concat(OptimizerProblems.UpdateNoise(UpdateNoise))
            .Concat(OptimizerProblems.OnlyToZero(Decay, "adam"));

    /// <inheritdoc/>
    public string? Instead(string option) => OptimizerProblems.NotDecoupled(option, "adam");
}

/// <summary>Adam with L2 regularisation inside the gradient (Kingma and Ba 2015).</summary>
/// <param name="Options">Its numbers.</param>
public sealed record Adam(AdamOptions Options) : Optimizer
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
    protected override ImmutableArray<Transform> Parts(StepInputs inputs) =>
    [
        new AddDecayedWeights(inputs.Scalar("l2")),
        new ScaleByAdam(Options.Betas[0], Options.Betas[1], Options.Epsilon),
        .. AddUpdateNoise.Of(Options.UpdateNoise, inputs),
        new ScaleByLearningRate(inputs.Scalar(LearningRateInput)),
    ];
}
