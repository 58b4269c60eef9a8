using System.Collections.Immutable;
using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Statistics;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sweeps;

/// <summary>Grokking time by the definitions of papers, over all members of a sweep.</summary>
internal static class TimeSection
{
    private const double Level = 0.95;

    /// <summary>Writes the section; nothing when no member has data.</summary>
    public static void Write(Html page, ImmutableArray<SweepMember> members)
    {
        var times = members.Where(member => member.Ending != MemberEnding.Failed && !member.Curve.IsEmpty)
            .SelectMany(member => GrokkingTimes.Of(member.Curve, member.Definitions.Band).Select(time => (Member: member, Time: time)))
            .GroupBy(pair => pair.Time.Definition).ToArray();
        if (times.Length == 0) { return; }
        page.Section("times", "Grokking time by other definitions", html => html
            .Element("p", "Over all members with data. DNF-train: train never reached the threshold; DNF-test: train did, the other split "
                + "did not. The rate has Wilson's interval at 95 %; medians are Kaplan–Meier's, in which those that did not finish count. A "
                + "member that was ended early is censored at its last evaluation where a definition is not yet reached.", "soft")
            .Table("", ["definition", "#both reached", "#DNF-train", "#DNF-test", "#median test step", "#median delay", "source"],
                times.Select(group => Row([.. group]))));
    }

    private static IReadOnlyList<Cell> Row((SweepMember Member, GrokkingTime Time)[] times)
    {
        var both = times.Count(pair => pair.Time.Unfinished == UnfinishedKind.None);
        var rate = Wilson.Of(both, times.Length, Level);
        var steps = KaplanMeier.Of(times.Select(pair => Lifetime(pair.Time.TestStep, pair.Member.Curve[^1].Step)), Level);
        var delays = KaplanMeier.Of(
            times.Where(pair => pair.Time.TrainStep is not null).Select(pair => Lifetime(
                pair.Time.Delay, Math.Max(0, pair.Member.Curve[^1].Step - pair.Time.TrainStep!.Value))), Level);       // not null: asked before
        return
        [
            times[0].Time.Definition,
            new Cell(
                $"{Text.Count(both)} ({SweepText.Percent(rate.Value)})", $"{SweepText.Percent(rate.Low)} to {SweepText.Percent(rate.High)}"),
            Text.Count(times.Count(pair => pair.Time.Unfinished == UnfinishedKind.Train)),
            Text.Count(times.Count(pair => pair.Time.Unfinished == UnfinishedKind.Test)),
            Median(steps), Median(delays), times[0].Time.Source,
        ];
    }

    private static Lifetime Lifetime(long? step, long last) => step is { } reached ? new(reached, true) : new(last, false);

    private static Cell Median(SurvivalCurve curve) => curve switch
    {
        { Count: 0 } => "–",
        { Median: null } => "not reached",
        _ => new Cell(SweepText.Step(curve.Median), $"{SweepText.Step(curve.MedianLow)} to {SweepText.Bound(curve.MedianHigh)}"),
    };
}
