using System.Collections.Immutable;

namespace GrokPipeline.Evaluation.Sweeps;

/// <summary>What a sweep found by one criterion. A pure function of its members.</summary>
public sealed record SweepSummary
{
    /// <summary>Coverage of all intervals.</summary>
    public const double Level = 0.95;

    /// <summary>The definitions in use.</summary>
    public required SweepCriterion Criterion { get; init; }

    /// <summary>The options that vary, in the order of the plan; <c>[]</c> when only the seed does.</summary>
    public required ImmutableArray<OptionAxis> Axes { get; init; }

    /// <summary>All members.</summary>
    public required SweepGroup Total { get; init; }

    /// <summary>One group per distinct settings, in the order of the plan.</summary>
    public required ImmutableArray<SweepGroup> Cells { get; init; }

    /// <summary>Summarizes members.</summary>
    /// <param name="members">Those that have ended, in any order.</param>
    /// <param name="criterion">The definitions; null for those of the members.</param>
    public static SweepSummary Of(IEnumerable<SweepMember> members, SweepCriterion? criterion = null)
    {
        var sorted = members.OrderBy(member => member.Index).ToArray();
        var used = criterion ?? SweepCriterion.Configured;
        var axes = OptionAxis.Of(sorted);
        ImmutableArray<MemberVerdict> verdicts = [.. sorted.Select(member => MemberVerdict.Of(member, used))];
        return new SweepSummary
        {
            Criterion = used,
            Axes = axes,
            Total = SweepGroup.Of([], verdicts, Level),
            Cells = Grouped(verdicts, axes),
        };
    }

    /// <summary>The members again, taken together by some of the axes only; in the order of the plan.</summary>
    public ImmutableArray<SweepGroup> By(params IEnumerable<OptionAxis> axes) => Grouped(Total.Members, [.. axes]);

    private static ImmutableArray<SweepGroup> Grouped(ImmutableArray<MemberVerdict> verdicts, ImmutableArray<OptionAxis> axes) =>
    [
        .. verdicts.GroupBy(verdict => Key(verdict.Member, axes), StringComparer.Ordinal).Select(group => SweepGroup.Of(
            [.. axes.Select(axis => new SweepSetting(axis.Option, axis.ValueOf(group.First().Member.Settings)))], [.. group], Level)),
    ];

    // A line end cannot stand in a value that was written on a line of the resolved file.
    private static string Key(SweepMember member, ImmutableArray<OptionAxis> axes) =>
        string.Join('\n', axes.Select(axis => axis.ValueOf(member.Settings)));
}
