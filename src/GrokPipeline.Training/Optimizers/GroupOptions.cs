namespace GrokPipeline.Training.Optimizers;

/// <summary>What <c>adamw</c> may do otherwise for some parameters.</summary>
public sealed record DecayGroupOptions : IKnowsOtherNames
{
    /// <summary>Their step size, at least 0; a schedule multiplies it too. Default: the optimizer's.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Their decoupled decay, at least 0. Default: the optimizer's.</summary>
    public double? WeightDecay { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() =>
        OptimizerProblems.LearningRate(LearningRate ?? 0).Concat(OptimizerProblems.Decay("weight_decay", WeightDecay ?? 0));

    /// <inheritdoc/>
    public string? Instead(string option) => OptimizerProblems.NotInGradient(option);
}

/// <summary>What <c>adam</c> and <c>sgd</c> may do otherwise for some parameters.</summary>
public sealed record L2GroupOptions : IKnowsOtherNames
{
    /// <summary>Their step size, at least 0; a schedule multiplies it too. Default: the optimizer's.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Added to their gradient as l2 · parameter, at least 0. Default: the optimizer's.</summary>
    public double? L2 { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() =>
        OptimizerProblems.LearningRate(LearningRate ?? 0).Concat(OptimizerProblems.Decay("l2", L2 ?? 0));

    /// <inheritdoc/>
    public string? Instead(string option) => OptimizerProblems.NotDecoupled(option, "this optimizer");
}
