namespace GrokPipeline.Evaluation;

/// <summary>What was measured at one evaluation.</summary>
/// <param name="Step">The step, ascending along a curve.</param>
/// <param name="Train">Accuracy on the split of memorization, in [0, 1].</param>
/// <param name="Validation">Accuracy on the split of generalization, in [0, 1].</param>
/// <param name="TrainLoss">Mean loss on the split of memorization; NaN where it is not looked at.</param>
/// <param name="ValidationLoss">Mean loss on the split of generalization; NaN where it is not looked at.</param>
public readonly record struct CurvePoint(
    long Step, double Train, double Validation, double TrainLoss = double.NaN, double ValidationLoss = double.NaN);

/// <summary>What became of a training.</summary>
public enum GrokkingOutcome
{
    /// <summary>Generalized long after train was learnt, with a jump.</summary>
    Grokked,

    /// <summary>Generalized without notable delay or without a jump.</summary>
    Comprehension,

    /// <summary>Learnt train and never generalized within the budget.</summary>
    MemorizedOnly,

    /// <summary>Never even learnt train within the budget.</summary>
    Confusion,

    /// <summary>Reached a threshold and ended well below it, or ended with numbers that are not finite.</summary>
    Collapsed,
}

/// <summary>How a training collapsed.</summary>
public enum CollapseKind
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>Ended with a loss, gradient or weight that is not finite.</summary>
    Nonfinite,

    /// <summary>Had memorized, never generalized, and ended well below the threshold of memorization.</summary>
    LostMemorization,

    /// <summary>Had generalized, and ended well below the threshold of generalization.</summary>
    LostGeneralization,
}

/// <summary>What collapsed, in words.</summary>
public static class CollapseNames
{
    extension(CollapseKind kind)
    {
        /// <summary><c>not finite</c>, <c>lost memorization</c> or <c>lost generalization</c>; empty for none.</summary>
        public string Name => kind switch
        {
            CollapseKind.Nonfinite => "not finite",
            CollapseKind.LostMemorization => "lost memorization",
            CollapseKind.LostGeneralization => "lost generalization",
            _ => "",
        };
    }
}

/// <summary>The verdict on a training, with all that it rests on. Steps are those of evaluations; null: not within the budget.</summary>
public sealed record GrokkingVerdict
{
    /// <summary>The verdict.</summary>
    public required GrokkingOutcome Outcome { get; init; }

    /// <summary>First step of lasting memorization.</summary>
    public long? MemorizationStep { get; init; }

    /// <summary>First step of lasting generalization.</summary>
    public long? GeneralizationStep { get; init; }

    /// <summary>Generalization minus memorization, in steps; negative when the rule was found first.</summary>
    public long? Delay => GeneralizationStep - MemorizationStep;

    /// <summary>Generalization step by memorization step, where one below 1 counts as 1.</summary>
    public double? Ratio => Grokking.Ratio(MemorizationStep, GeneralizationStep);

    /// <summary>Best validation accuracy up to the memorization step; null without one.</summary>
    public double? Plateau { get; init; }

    /// <summary>Best validation accuracy of all, minus the plateau.</summary>
    public double? Jump { get; init; }

    /// <summary>True when validation rose by the least jump after memorization and did not reach its threshold for good.</summary>
    public bool Partial { get; init; }

    /// <summary>From where to the end the accuracy that had been reached stayed well below its threshold; null: not lost.</summary>
    public long? LostStep { get; init; }

    /// <summary>True when the training ended with numbers that are not finite.</summary>
    public bool Nonfinite { get; init; }

    /// <summary>What collapsed.</summary>
    public CollapseKind Collapse => Nonfinite ? CollapseKind.Nonfinite
        : LostStep is null ? CollapseKind.None
        : GeneralizationStep is null ? CollapseKind.LostMemorization : CollapseKind.LostGeneralization;

    /// <summary>Which threshold was not reached within the budget: DNF-train, DNF-test, or none.</summary>
    public UnfinishedKind Unfinished => MemorizationStep is null ? UnfinishedKind.Train
        : GeneralizationStep is null ? UnfinishedKind.Test : UnfinishedKind.None;

    /// <summary>Carvalho's quantities.</summary>
    public required CarvalhoQuantities Carvalho { get; init; }

    /// <summary>The definitions used.</summary>
    public required GrokkingOptions Options { get; init; }
}

/// <summary>
/// The quantities of Definition 3.1 in Carvalho et al. (2025), read off by a rule of ours, since the paper states no thresholds: the limit
/// is the median of train over the last tenth of evaluations, and a curve is inside the band when it stays there for as many evaluations
/// as generalization asks for.
/// </summary>
/// <param name="Limit">Where train ends, in [0, 1].</param>
/// <param name="SigmaE">σ_E, the lower end of the band: the limit minus its width.</param>
/// <param name="Alpha0">α₀, first step of train inside the band.</param>
/// <param name="SigmaS">σ_S, best validation accuracy up to α₀.</param>
/// <param name="Alpha1">α₁, first later step of validation inside the band.</param>
/// <param name="Support">S, steps from α₁ on that validation stays inside.</param>
/// <param name="Censored">True when the support lasts to the end of the run, so that it may be longer.</param>
/// <param name="Grokked">
/// Δ_S at least the least jump, α₁ at least the least ratio times α₀, and S at least ten times the transition (once, when censored).
/// </param>
/// <param name="Partial">Validation rose by the least jump after α₀ and never came inside the band.</param>
public sealed record CarvalhoQuantities(
    double Limit, double SigmaE, long? Alpha0, double? SigmaS, long? Alpha1, long? Support, bool Censored, bool Grokked, bool Partial)
{
    /// <summary>Δ_S = σ_E − σ_S: how much grokking there was.</summary>
    public double? DeltaS => SigmaE - SigmaS;

    /// <summary>Δ_T = limit − σ_E: the band's width.</summary>
    public double DeltaT => Limit - SigmaE;

    /// <summary>α₁ − α₀: the length of the transition, in steps.</summary>
    public long? Transition => Alpha1 - Alpha0;
}
