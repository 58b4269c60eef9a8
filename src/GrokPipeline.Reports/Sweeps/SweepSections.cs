using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sweeps;

/// <summary>The tables of a sweep's report.</summary>
internal static class SweepSections
{
    private const int MostCells = 400, MostMembers = 2000, MostValues = 24;

    /// <summary>Rates, medians and the kinds that did not finish: of the whole, by value of each option, and by cell.</summary>
    public static void Rates(Html page, SweepSummary summary) => page.Section("rates", "Rates, and those that did not finish", html =>
    {
        SweepGroup[] groups =
        [
            summary.Total, .. MapFigures.Ordered(summary).Where(axis => axis.Values.Length <= MostValues)
                .SelectMany(axis => summary.By(axis).OrderBy(group => axis.Values.IndexOf(axis.ValueOf(group.Settings)))),
        ];
        html.Element("p", "Rates with Wilson's 95 % interval, out of all members with data. Medians count members that did not generalize; "
            + "“not reached” means that more than half had not.", "soft");
        RateTable(html, groups);
        html.Element("h3", "Those that did not finish, by kind")
            .Element("p", "Together with those that generalized they are all members with data. Those that failed are no data. "
                + "The two medians are of members that memorized and generalized.", "soft");
        RestTable(html, groups);
        if (summary.Axes.Length < 2) { return; }
        html.Folded($"All {Text.Count(summary.Cells.Length)} cells", inner =>
        {
            SweepGroup[] cells = [.. summary.Cells.Take(MostCells)];
            RateTable(inner, cells);
            RestTable(inner, cells);
            Limit(inner, MostCells, summary.Cells.Length, "cells", "figures/phases.csv");
        });
    });

    /// <summary>The headline numbers by other criteria.</summary>
    public static void Sensitivity(Html page, ImmutableArray<SweepMember> members) =>
        page.Section("sensitivity", "How far the numbers depend on the thresholds", html => html
            .Element("p", "A number sets the accuracy of memorization and of generalization alike; “one evaluation” asks for no lasting "
                + "crossing. A member that was ended early is censored at its last evaluation where a stricter threshold was not yet "
                + "reached.", "soft")
            .Table("", [
                    "accuracy", "#grokked", "#generalized", "#never memorized", "#memorized only", "#collapsed",
                    "#median generalization step",
                ],
                SweepCriterion.Others.Prepend(SweepCriterion.Configured).Select(criterion =>
                {
                    var total = SweepSummary.Of(members, criterion).Total;
                    var counts = total.Counts;
                    return (IReadOnlyList<Cell>)
                    [
                        criterion.Name, Rate(total.GrokRate, counts.Grokked), Rate(total.GeneralizationRate, counts.Generalized),
                        N(counts.Confusion), N(counts.MemorizedOnly), N(counts.Collapsed), Median(total),
                    ];
                })));

    /// <summary>Every definition behind the numbers.</summary>
    public static void Definitions(Html page, SweepSummary summary) => page.Section("definitions", "Definitions", html =>
    {
        var all = summary.Total.Members.Select(member => member.Member.Definitions).Distinct().ToArray();
        if (all.Length == 0) { return; }
        if (all.Length > 1)
        {
            html.Element("p", $"The sweep varies the definitions themselves: {all.Length} of them. Those of the first member are:");
        }
        html.Facts(Facts(all[0]));
    });

    /// <summary>The members.</summary>
    public static void Members(Html page, SweepSummary summary) => page.Section("members", "Members", html =>
    {
        var members = summary.Total.Members;
        Limit(html, MostMembers, members.Length, "members", "members.parquet");
        html.Folded($"{Text.Count(Math.Min(members.Length, MostMembers))} members", inner => inner.Table(
            "", [
                "#index", "member", .. summary.Axes.Select(axis => (axis.Numeric ? "#" : "") + SweepText.Axis(axis.Option)), "#seed",
                "ending", "phase", "#memorized", "#generalized", "#steps", "#validation",
            ],
            members.Take(MostMembers).Select(row => Row(row, summary))));
    });

    private static IReadOnlyList<Cell> Row(MemberVerdict row, SweepSummary summary)
    {
        var (member, verdict) = (row.Member, row.Verdict);
        return
        [
            N(member.Index), new Cell(member.Id, Style: "mono"),
            .. summary.Axes.Select(axis => (Cell)SweepText.Value(axis.ValueOf(member.Settings))),
            member.Seed?.ToString(CultureInfo.InvariantCulture) ?? "–", new Cell(SweepWords.Of(member.Ending), member.Error ?? ""),
            row.Phase is { } phase ? SweepWords.Of(phase) : "no data", Step(verdict?.MemorizationStep), Step(verdict?.GeneralizationStep),
            Text.Count(member.Steps), Text.Number(member.Curve.IsEmpty ? double.NaN : member.Curve[^1].Validation),
        ];
    }

    private static void RateTable(Html html, IReadOnlyList<SweepGroup> groups) => html.Table(
        "", ["members", "#with data", "#grokked", "#generalized", "#median generalization step"],
        groups.Select(group => (IReadOnlyList<Cell>)
        [
            Name(group), N(group.Counts.Observed), Rate(group.GrokRate, group.Counts.Grokked),
            Rate(group.GeneralizationRate, group.Counts.Generalized), Median(group),
        ]));

    private static void RestTable(Html html, IReadOnlyList<SweepGroup> groups) => html.Table(
        "", [
            "members", "#never memorized", "#memorized, never generalized", "#collapsed", "#failed", "#median memorization step",
            "#median delay",
        ],
        groups.Select(group => (IReadOnlyList<Cell>)
        [
            Name(group), N(group.Counts.Confusion), new Cell(N(group.Counts.MemorizedOnly), Partial(group)), N(group.Counts.Collapsed),
            N(group.Counts.Failed), Number(group.MedianMemorizationStep), Number(group.MedianDelay),
        ]));

    // How many of those that only memorized rose all the same.
    private static string Partial(SweepGroup group) =>
        group.Members.Count(member => member.Verdict is { Outcome: GrokkingOutcome.MemorizedOnly, Partial: true }) is > 0 and var count
            ? $"{N(count)} partial" : "";

    private static IEnumerable<ReportFact> Facts(GrokkingOptions options)
    {
        string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
        var (memorization, generalization) = (options.Memorization, options.Generalization);
        yield return new("memorization", SweepText.Criterion(memorization.Split, memorization.Accuracy, memorization.ForEvaluations));
        yield return new(
            "generalization", SweepText.Criterion(generalization.Split, generalization.Accuracy, generalization.ForEvaluations));
        var later = options.MinimumDelay == 0 ? "" : $" and {Text.Count(options.MinimumDelay)} steps";
        yield return new("grokked (G)", $"generalized, at least {Number(options.MinimumRatio)} times{later} as late as memorized, "
            + $"with a jump of at least {Number(options.MinimumJump)} over the best accuracy up to then");
        yield return new("comprehension (C)", "generalized, without such a delay or jump");
        yield return new("memorized only (M)", "memorized, and did not generalize within what was seen");
        yield return new("confusion (X)", "neither; in the tables: never memorized");
        yield return new("collapsed (L)", $"ended over {Number(options.LossMargin)} below a threshold that it had reached, or with numbers "
            + "that are not finite");
        yield return new("failed", "could not be trained to an end: no data, in no rate");
        yield return new("phase of a cell", "that of most of its members; of equally many the one that claims less: collapsed, confusion, "
            + "memorized only, comprehension, grokked");
        yield return new("rates", "out of all members with data, with Wilson's interval at 95 %");
        yield return new("median step", "Kaplan–Meier. A member that did not generalize is censored at its last evaluation; one that "
            + "collapsed before it generalized, at the step from which it was lost; one that was ended because it generalized is an event; "
            + "so is one that generalized and collapsed later. Interval: Brookmeyer and Crowley, Greenwood's variance on the scale "
            + "log(−log S), 95 %");
        yield return new("median delay", "in the map and its numbers: the same, over steps since memorization, of all members that "
            + "memorized. In the tables: of those with both steps");
        yield return new("colours", "phases: Okabe and Ito, and grey; delay: cividis. Both can be read by colour-blind people; phases have "
            + "letters, delays have numbers where there is room");
    }

    private static Cell Name(SweepGroup group) => new(SweepText.Settings(group.Settings), Style: group.Settings.Length < 2 ? "w" : "");

    private static void Limit(Html html, int most, int count, string what, string file)
    {
        if (count > most) { html.Element("p", $"The first {Text.Count(most)} of {Text.Count(count)} {what}; all are in {file}.", "soft"); }
    }

    private static Cell Rate(Evaluation.Statistics.Interval? rate, int count) => rate is { } r
        ? new Cell($"{N(count)} ({SweepText.Percent(r.Value)})", $"{SweepText.Percent(r.Low)} to {SweepText.Percent(r.High)}") : "–";

    private static Cell Median(SweepGroup group) => group.Generalization switch
    {
        { Count: 0 } => "–",
        { Median: null } => "not reached",
        var curve => new Cell(SweepText.Step(curve.Median), $"{SweepText.Step(curve.MedianLow)} to {SweepText.Bound(curve.MedianHigh)}"),
    };

    private static string Number(double? step) => step is null ? "–" : SweepText.Step(step);

    private static string Step(long? step) => step is { } s ? Text.Count(s) : "never";

    private static string N(int count) => Text.Count(count);
}
