using System.Collections.Immutable;

namespace GrokPipeline.Training.Optimizers;

/// <summary>Options of <c>adamw</c>; the defaults are those of Power et al. (2022).</summary>
public sealed record AdamWOptions : IKnowsOtherNames
{
    /// <summary>Step size, at least 0. Default 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decays of the two moments, each in [0, 1). Default [0.9, 0.98].</summary>
    public ImmutableArray<double> Betas { get; init; } = [0.9, 0.98];

    /// <summary>Added to the denominator. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>
    /// Decoupled decay of every parameter, biases and gains included: each step takes learning_rate · weight_decay of it away. Default 1.
    /// Not the same as <c>l2</c> of <c>adam</c>.
    /// </summary>
    public double WeightDecay { get; init; } = 1;

    /// <summary>
    /// What the decay pulls to: to_zero, the default; to_init, the values at step 0; jiggle, nothing but a random factor.
    /// </summary>
    public DecayKind? Decay { get; init; }

    /// <summary>
    /// Deviation of normal noise added to Adam's direction before the learning rate, at least 0 (Power et al. 2022, who do not say how
    /// much; our choice: after the corrections of the moments). Default none.
    /// </summary>
    public double? UpdateNoise { get; init; }

    /// <summary>A norm that parameters keep. Default: none.</summary>
    public ClampOptions? Clamp { get; init; }

    /// <summary>What happens to gradients first: egalitarian, ⊥Grad, Grokfast. Default: nothing.</summary>
    public GradientOptions? Gradient { get; init; }

    /// <summary>
    /// Numbers of their own for some parameters, by a parameter's name, the beginning of some before a dot (<c>embed</c>), or a pattern
    /// with *. What a group does not say is as above. Default none.
    /// </summary>
    public ImmutableSortedDictionary<string, DecayGroupOptions> Groups { get; init; } =
        ImmutableSortedDictionary<string, DecayGroupOptions>.Empty;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() =>
        OptimizerProblems.LearningRate(LearningRate).Concat(OptimizerProblems.Betas(Betas)).Concat(OptimizerProblems.Epsilon(Epsilon))
            .Concat(OptimizerProblems.Decay("weight_decay", WeightDecay)).Concat(OptimizerProblems.UpdateNoise(UpdateNoise));

    /// <inheritdoc/>
    public string? Instead(string option) => OptimizerProblems.NotInGradient(option);
}

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019): <c>θ ← θ − η(m̂/(√v̂+ε) + λθ)</c>.</summary>
/// <param name="Options">Its numbers.</param>
public sealed record AdamW(AdamWOptions Options) : Optimizer
{
    /// <inheritdoc/>
    public override double LearningRate => Options.LearningRate;

    /// <inheritdoc/>
    public override ImmutableArray<KeyValuePair<string, double>> Settings => [new("weight_decay", Options.WeightDecay)];

    /// <inheritdoc/>
    public override ImmutableArray<ParameterGroup> Groups =>
    [
        .. Options.Groups.Select(group => new ParameterGroup(
            group.Key, group.Value.LearningRate ?? LearningRate, [new("weight_decay", group.Value.WeightDecay ?? Options.WeightDecay)])),
    ];

    /// <inheritdoc/>
    public override ClampOptions? Clamp => Options.Clamp;

    /// <inheritdoc/>
    protected override GradientOptions? Gradient => Options.Gradient;

    /// <inheritdoc/>
    protected override ImmutableArray<Transform> Parts(StepInputs inputs)
    {
        var (rate, decay) = (inputs.Scalar(LearningRateInput), inputs.Scalar("weight_decay"));
        ImmutableArray<Transform> direction =
        [
            new ScaleByAdam(Options.Betas[0], Options.Betas[1], Options.Epsilon),
            .. AddUpdateNoise.Of(Options.UpdateNoise, inputs),
        ];
        return Options.Decay switch
        {
            DecayKind.ToInit => [.. direction, new AddDecayToFirstValues(decay, inputs.FirstValues()), new ScaleByLearningRate(rate)],
            DecayKind.Jiggle => [.. direction, new ScaleByLearningRate(rate), new Jiggle(rate, decay, inputs.NormalNumber("jiggle"))],
            _ => [.. direction, new AddDecayedWeights(decay), new ScaleByLearningRate(rate)],
        };
    }
}
