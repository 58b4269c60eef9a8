using System.Collections.Immutable;

namespace GrokPipeline.Evaluation.Stopping;

/// <summary>What a rule would have done to a training that ran to its end.</summary>
/// <param name="Rule">The rule's name: <c>patience</c>.</param>
/// <param name="Definition">When it stops, in words with its thresholds.</param>
/// <param name="LastStep">The last evaluated step of the training.</param>
public sealed record StoppingJudgement(string Rule, string Definition, long LastStep)
{
    /// <summary>The evaluation at which it would have stopped; null: not within the run, or it cannot be judged.</summary>
    public long? Step { get; init; }

    /// <summary>What the log lacks for the rule; empty when it was judged.</summary>
    public string Missing { get; init; } = "";

    /// <summary>Steps that it would have saved; null when it would not have stopped.</summary>
    public long? Saved => LastStep - Step;

    /// <summary>
    /// Whether it would have stopped before the generalization step; null when it would not have stopped, or nothing was generalized.
    /// </summary>
    public bool? BeforeGeneralization { get; init; }

    /// <summary>
    /// For <c>patience</c>: the longest wait for an improvement before the generalization step, in units of the memorization step. A
    /// factor above it does not stop too early. Null without both steps, and for other rules.
    /// </summary>
    public double? FactorNeeded { get; init; }

    /// <summary>What it would have cost on each split; empty when it would not have stopped.</summary>
    public ImmutableArray<StoppingCost> Costs { get; init; } = [];
}

/// <summary>Accuracy of a split at a stop, and what training on reached.</summary>
/// <param name="Split">The split.</param>
/// <param name="AtStop">Accuracy at the stop, in [0, 1].</param>
/// <param name="BestLater">Best accuracy from the stop on, in [0, 1].</param>
public sealed record StoppingCost(string Split, double AtStop, double BestLater)
{
    /// <summary>Accuracy that the stop would have lost; at least 0.</summary>
    public double Lost => BestLater - AtStop;
}
