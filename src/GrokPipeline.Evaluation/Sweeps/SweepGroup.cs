using System.Collections.Immutable;
using GrokPipeline.Evaluation.Statistics;

namespace GrokPipeline.Evaluation.Sweeps;

/// <summary>
/// Several members taken together: a cell (the same settings, several seeds), all with one value of an option, or the whole sweep.
/// Rates come first; steps are medians in which members that did not get there count.
/// </summary>
public sealed record SweepGroup
{
    /// <summary>What its members have in common; <c>[]</c> for the whole sweep.</summary>
    public required ImmutableArray<SweepSetting> Settings { get; init; }

    /// <summary>Its members in the order of the plan.</summary>
    public required ImmutableArray<MemberVerdict> Members { get; init; }

    /// <summary>How many are in each phase.</summary>
    public required PhaseCounts Counts { get; init; }

    /// <summary>Grokked out of those with data, with Wilson's interval; null when none has data.</summary>
    public required Interval? GrokRate { get; init; }

    /// <summary>Grokked or comprehension out of those with data, with Wilson's interval; null when none has data.</summary>
    public required Interval? GeneralizationRate { get; init; }

    /// <summary>Share not yet generalized over steps.</summary>
    public required SurvivalCurve Generalization { get; init; }

    /// <summary>Share of the members that memorized and had not yet generalized, over steps since their memorization.</summary>
    public required SurvivalCurve Delay { get; init; }

    /// <summary>Median memorization step of those with both steps; null when there is none.</summary>
    public required double? MedianMemorizationStep { get; init; }

    /// <summary>
    /// Median delay of those with both steps; null when there is none. It leaves out those that did not generalize, and so looks shorter
    /// than the median of <see cref="Delay"/>.
    /// </summary>
    public required double? MedianDelay { get; init; }

    /// <summary>Summarizes verdicts.</summary>
    /// <param name="settings">What the members have in common.</param>
    /// <param name="members">The verdicts; none is fine.</param>
    /// <param name="level">Coverage of all intervals in (0, 1).</param>
    public static SweepGroup Of(ImmutableArray<SweepSetting> settings, ImmutableArray<MemberVerdict> members, double level)
    {
        var counts = PhaseCounts.Of(members);
        var both = members.Select(member => member.Verdict).OfType<GrokkingVerdict>().Where(verdict => verdict.Delay is not null).ToArray();
        return new SweepGroup
        {
            Settings = settings,
            Members = members,
            Counts = counts,
            GrokRate = counts.Observed == 0 ? null : Wilson.Of(counts.Grokked, counts.Observed, level),
            GeneralizationRate = counts.Observed == 0 ? null : Wilson.Of(counts.Generalized, counts.Observed, level),
            Generalization = KaplanMeier.Of(members.Select(member => member.Generalization).OfType<Lifetime>(), level),
            Delay = KaplanMeier.Of(members.Select(member => member.Delay).OfType<Lifetime>(), level),
            MedianMemorizationStep = Median(both.Select(verdict => verdict.MemorizationStep)),
            MedianDelay = Median(both.Select(verdict => verdict.Delay)),
        };
    }

    private static double? Median(IEnumerable<long?> steps)
    {
        var sorted = steps.OfType<long>().Order().ToArray();
        if (sorted.Length == 0) { return null; }
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
    }
}
