using GrokPipeline.Evaluation.Statistics;

namespace GrokPipeline.Evaluation.Sweeps;

/// <summary>What became of a member, by stated definitions.</summary>
/// <param name="Member">The member.</param>
/// <param name="Verdict">The verdict on its curve; null when there is none, since it failed: such a member is no data.</param>
public sealed record MemberVerdict(SweepMember Member, GrokkingVerdict? Verdict)
{
    /// <summary>The phase; null for a member that failed.</summary>
    public GrokkingOutcome? Phase => Verdict?.Outcome;

    /// <summary>
    /// The generalization step as an event; null for a member that failed. Without one the member is censored: at the step from which it
    /// was lost when it collapsed (collapse competes with generalization), else at its last evaluation. One that generalized and was lost
    /// later is an event all the same.
    /// </summary>
    public Lifetime? Generalization => Verdict is null ? null
        : Verdict.GeneralizationStep is { } step ? new(step, true) : new(LastKnown(Verdict), false);

    /// <summary>The delay as an event, censored like the generalization step; null for a member that never memorized.</summary>
    public Lifetime? Delay => Verdict?.MemorizationStep is not { } memorized ? null
        : Verdict.Delay is { } delay ? new(delay, true) : new(Math.Max(0, LastKnown(Verdict) - memorized), false);

    /// <summary>The verdict by the member's own definitions, or by a criterion in place of them.</summary>
    /// <remarks>
    /// A member that was ended as collapsed is collapsed by any criterion: what it would have done later is not known. One that was ended
    /// because it generalized is an event, and censored at its last evaluation where a stricter criterion does not find the event.
    /// </remarks>
    public static MemberVerdict Of(SweepMember member, SweepCriterion criterion)
    {
        if (member.Ending == MemberEnding.Failed || member.Curve.IsEmpty) { return new(member, null); }
        var lost = member.Nonfinite || member.Ending == MemberEnding.Collapsed;
        return new(member, Grokking.Analyze(member.Curve, criterion.Of(member.Definitions), lost));
    }

    private long LastKnown(GrokkingVerdict verdict) => verdict.LostStep ?? Member.Curve[^1].Step;
}
