using System.Collections.Immutable;
using GrokPipeline.Evaluation.Statistics;

namespace GrokPipeline.Evaluation.Sweeps;

/// <summary>How far a member's train split is from its split of generalization.</summary>
/// <param name="Class">Total variation over classes, in [0, 1].</param>
/// <param name="Group">Total variation over groups (subclasses), in [0, 1]; null for data without groups.</param>
public readonly record struct MemberShift(double Class, double? Group);

/// <summary>
/// Whether a larger shift between train and the split of generalization goes with later generalization, over the members of a sweep. A
/// member that did not generalize has no step: it is ranked after all that have one, those without one alike.
/// </summary>
public sealed record ShiftCorrelation
{
    /// <summary>Permutations and resamples.</summary>
    public const int Draws = 2000;

    /// <summary>True when the shift is over groups; false over classes.</summary>
    public required bool OfGroups { get; init; }

    /// <summary>The members with data and a shift, each with its shift.</summary>
    public required ImmutableArray<(MemberVerdict Member, double Shift)> Members { get; init; }

    /// <summary>Members that did not generalize.</summary>
    public required int Never { get; init; }

    /// <summary>Spearman's correlation of shift and generalization step, and its p-value.</summary>
    public required (Interval Value, double PValue) Step { get; init; }

    /// <summary>The same for the delay, over the members that memorized.</summary>
    public required (Interval Value, double PValue) Delay { get; init; }

    /// <summary>Members that memorized.</summary>
    public required int Memorized { get; init; }

    /// <summary>Correlates; null when fewer than three members have a shift, or all have the same.</summary>
    public static ShiftCorrelation? Of(SweepSummary summary)
    {
        var known = summary.Total.Members.Where(member => member.Generalization is not null && member.Member.Shift is not null).ToArray();
        var ofGroups = known.Length > 0 && known.All(member => member.Member.Shift?.Group is not null);
        ImmutableArray<(MemberVerdict Member, double Shift)> members =
        [
            .. known.Select(member => (member, ofGroups ? member.Member.Shift?.Group ?? 0 : member.Member.Shift?.Class ?? 0)),
        ];
        if (members.Length < 3 || members.Select(pair => pair.Shift).Distinct().Count() < 2) { return null; }
        var memorized = members.Where(pair => pair.Member.Delay is not null).ToArray();
        return new ShiftCorrelation
        {
            OfGroups = ofGroups,
            Members = members,
            Never = members.Count(pair => pair.Member.Generalization is { Observed: false }),
            Step = Test(members, member => member.Generalization, "step"),
            Delay = Test(memorized, member => member.Delay, "delay"),
            Memorized = memorized.Length,
        };
    }

    private static (Interval Value, double PValue) Test(
        IReadOnlyCollection<(MemberVerdict Member, double Shift)> members, Func<MemberVerdict, Lifetime?> time, string use) =>
        Spearman.Test(
            [.. members.Select(pair => pair.Shift)],
            [.. members.Select(pair => time(pair.Member) is { Observed: true } reached ? reached.Time : double.PositiveInfinity)],
            Draws, SweepSummary.Level, new Seed(0).Derive($"shift/{use}"));
}
