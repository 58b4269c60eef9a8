namespace GrokPipeline.Evaluation;

/// <summary>Which threshold a training did not reach within its budget (DNF: did not finish).</summary>
public enum UnfinishedKind
{
    /// <summary>Both were reached.</summary>
    None,

    /// <summary>DNF-train: train never reached its threshold, whatever the other split did.</summary>
    Train,

    /// <summary>DNF-test: train reached its threshold, the other split did not.</summary>
    Test,
}

/// <summary>The time of grokking by one definition.</summary>
/// <param name="Definition">Its name: <c>power</c>, <c>loss_1e-3</c>.</param>
/// <param name="Source">Whose definition it is.</param>
/// <param name="TrainStep">When train reached the threshold; null: not within the budget.</param>
/// <param name="TestStep">When the split of generalization did; null: not within the budget.</param>
public sealed record GrokkingTime(string Definition, string Source, long? TrainStep, long? TestStep)
{
    /// <summary>Test step minus train step; negative when the rule was found first; null when one is missing.</summary>
    public long? Delay => TestStep - TrainStep;

    /// <summary>Test step by train step, where one below 1 counts as 1; null when one is missing.</summary>
    public double? Ratio => Grokking.Ratio(TrainStep, TestStep);

    /// <summary>Which threshold was not reached.</summary>
    public UnfinishedKind Unfinished =>
        TrainStep is null ? UnfinishedKind.Train : TestStep is null ? UnfinishedKind.Test : UnfinishedKind.None;

    /// <summary><c>DNF-train</c> or <c>DNF-test</c>, as papers write it; empty when both steps were reached.</summary>
    public string UnfinishedName => Unfinished switch
    {
        UnfinishedKind.Train => "DNF-train",
        UnfinishedKind.Test => "DNF-test",
        _ => "",
    };

    /// <summary>
    /// Whether it grokked, for a definition that says so: Liu et al. (2022) ask for a delay of at least 1000 steps, with both steps
    /// within the first 100,000. Null for a definition that only names a time.
    /// </summary>
    public bool? Grokked { get; init; }
}
