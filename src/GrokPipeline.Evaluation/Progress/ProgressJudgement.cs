using System.Collections.Immutable;

namespace GrokPipeline.Evaluation.Progress;

/// <summary>What a measure says of a training that generalized, and of controls that did not.</summary>
/// <param name="Curve">The measure.</param>
/// <param name="Baseline">Its value at the first probed checkpoint from the memorization step on.</param>
/// <param name="Final">Its value at the last one.</param>
/// <param name="OnsetStep">The first probed checkpoint at which it had passed half of the change; null when it did not change.</param>
/// <param name="BeforeOnset">The probed checkpoint before that: the onset lies after it. Null when it did not change.</param>
/// <param name="Lead">Generalization step minus onset step; negative when the measure came later.</param>
/// <param name="LogRatio">ln(generalization step / onset step), each at least 1.</param>
/// <param name="Monotonicity">|change| over the sum of all single changes, in [0, 1]; 1: it never turned. Null when it did not
/// change.</param>
/// <param name="Controls">For each control whether it says something of the measure, and the step at which it reached the same
/// change.</param>
public sealed record ProgressJudgement(
    MeasureCurve Curve, double Baseline, double Final, long? OnsetStep, long? BeforeOnset, long? Lead, double? LogRatio,
    double? Monotonicity, ImmutableArray<ControlAlarm> Controls)
{
    /// <summary>Rising, falling, or constant.</summary>
    public string Direction => Final > Baseline ? "rising" : Final < Baseline ? "falling" : "constant";

    /// <summary>
    /// In a word: <c>constant</c>; <c>wavers</c>, when monotonicity is below 0.5 and the change may be chance; <c>late</c>, when the
    /// onset is not before the generalization step; <c>unspecific</c>, when a control reached the change too; else <c>leads</c>.
    /// </summary>
    public string Verdict => Monotonicity is not { } monotonicity ? "constant"
        : monotonicity < 0.5 ? "wavers"
        : Lead <= 0 ? "late"
        : FalseAlarms > 0 ? "unspecific" : "leads";

    /// <summary>How many controls say something of the measure.</summary>
    public int Measured => Controls.Count(control => control.IsMeasured);

    /// <summary>How many of them reached the change.</summary>
    public int FalseAlarms => Controls.Count(control => control.Step is not null);
}

/// <summary>Whether a measure passed, in a training that never generalized, what it passed in one that did.</summary>
/// <param name="Name">The control's name.</param>
/// <param name="IsMeasured">
/// True when it was probed for the measure often enough, and up to the onset or to an alarm; false too where the measure did not change.
/// </param>
/// <param name="Step">The first probed checkpoint at which it had; null for never.</param>
public sealed record ControlAlarm(string Name, bool IsMeasured, long? Step);

/// <summary>A training that never generalized.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MemorizationStep">When train was learnt; null for never, then its first checkpoint is the baseline.</param>
/// <param name="Curves">Its measures.</param>
public sealed record ProgressControl(string Name, long? MemorizationStep, ImmutableArray<MeasureCurve> Curves);
