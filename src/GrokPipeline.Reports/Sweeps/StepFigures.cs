using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sweeps;

/// <summary>The generalization step against each numeric option, each member a mark, with the Kaplan–Meier median as a line.</summary>
internal static class StepFigures
{
    private const int MostSingle = 24;

    public static IEnumerable<SweepFigure> Of(SweepSummary summary)
    {
        var axes = MapFigures.Ordered(summary);
        return summary.Total.Generalization.Count == 0 ? [] : axes.Where(axis => axis.Numeric)
            .Select((axis, i) => Figure(summary, axes, axis, $"generalization-{i.ToString(CultureInfo.InvariantCulture)}"));
    }

    private static SweepFigure Figure(SweepSummary summary, ImmutableArray<OptionAxis> axes, OptionAxis axis, string id)
    {
        // One series per value of another option, where colours and dashes suffice; all further options are pooled.
        var other = axes.FirstOrDefault(candidate => candidate != axis && candidate.Values.Length <= SeriesPlot.Most);
        var pooled = axes.Where(candidate => candidate != axis && candidate != other)
            .Select(candidate => SweepText.Axis(candidate.Option)).ToArray();
        var groups = summary.By(other is null ? [axis] : [other, axis])
            .Where(group => group.Generalization.Count > 0).ToArray();
        // A line through single members would be noise: a random search has no two with one value.
        var repeated = groups.Sum(group => group.Generalization.Count) >= 2 * groups.Length || groups.Length <= MostSingle;
        var scale = new ValueScale(axis, MostSingle);
        var steps = new StepRange(summary.Total.Generalization.Points.Select(point => point.Time));
        var series = groups.GroupBy(group => other?.ValueOf(group.Settings) ?? "", StringComparer.Ordinal)
            .OrderBy(group => other?.Values.IndexOf(group.Key) ?? 0).Select((group, at) => Series(group, other, axis, scale, steps, at))
            .Select(series => repeated ? series : series with { Lines = [] }).ToArray();
        var text = $"Generalization step against {SweepText.Axis(axis.Option)}";
        var reached = groups.Select(group => group.Generalization.Median).OfType<double>().ToArray();
        var alternative = $"{text}{(other is null ? "" : $", one line per {SweepText.Axis(other.Option)}")}. "
            + (reached.Length == 0
                ? "No median is reached."
                : $"Medians from {SweepText.Step(reached.Min())} to {SweepText.Step(reached.Max())}; "
                    + $"{reached.Length} of {groups.Length} are reached.")
            + (pooled.Length == 0 ? "" : $" Members of all values of {string.Join(" and ", pooled)} are taken together.");
        var canvas = new SeriesPlot
        {
            Title = text,
            Reading = "Dot: generalized. Open triangle: not yet, when last seen."
                + (repeated ? " Line: Kaplan–Meier median; a gap: not reached." : ""),
            Horizontal = scale.Label,
            HorizontalTicks = scale.Ticks(Math.Max(4, (int)(660 / (12 + (7.0 * axis.Values.Max(value => SweepText.Value(value).Length)))))),
            VerticalTicks = steps.Ticks.Select(tick => (steps.Position(tick.Value), tick.Label)),
            Series = series,
        }.Draw();
        return SweepFigure.Of(id, text, alternative, canvas,
            [.. groups[0].Settings.Select(setting => setting.Option), "#members", "#generalized", "#median", "#low", "#high"],
            groups.Select(group => (IReadOnlyList<string>)
            [
                .. group.Settings.Select(setting => setting.Value), group.Generalization.Count.ToString(CultureInfo.InvariantCulture),
                group.Generalization.Events.ToString(CultureInfo.InvariantCulture), SweepText.Exact(group.Generalization.Median),
                SweepText.Exact(group.Generalization.MedianLow), SweepText.Exact(group.Generalization.MedianHigh),
            ]));
    }

    private static PlotSeries Series(
        IEnumerable<SweepGroup> groups, OptionAxis? other, OptionAxis axis, ValueScale scale, StepRange steps, int at)
    {
        var (lines, marks, line) = (new List<List<(double, double)>>(), new List<PlotMark>(), new List<(double, double)>());
        var name = "";
        foreach (var group in groups.OrderBy(group => axis.Values.IndexOf(axis.ValueOf(group.Settings))))
        {
            var x = scale.Position(axis.ValueOf(group.Settings));
            name = other is null ? "" : $"{SweepText.Axis(other.Option)} {SweepText.Value(other.ValueOf(group.Settings))}";
            var members = group.Members.Where(member => member.Generalization is not null).ToArray();
            for (var i = 0; i < members.Length; i++)
            {
                var (time, observed) = members[i].Generalization ?? default;
                // Seeds stand side by side, series a little apart.
                var shift = (members.Length > 12 ? 0 : (i - ((members.Length - 1) / 2.0)) * 0.4) + (other is null ? 0 : (at - 2) * 0.25);
                var kind = observed ? MarkKind.Dot : MarkKind.OpenTriangle;
                marks.Add(new(x, steps.Position(time), kind, shift, Tip(members[i], time, observed)));
            }
            if (group.Generalization.Median is { } median)
            {
                line.Add((x, steps.Position(median)));
                continue;
            }
            if (line.Count > 0) { lines.Add(line); }
            line = [];
        }
        if (line.Count > 0) { lines.Add(line); }
        return new(name, lines, marks);
    }

    private static string Tip(MemberVerdict member, double time, bool observed) =>
        $"{SweepText.Settings(member.Member.Settings)}{(member.Member.Seed is { } seed ? $", seed {seed}" : "")}: "
        + (observed ? $"generalized at step {Text.Count((long)time)}" : $"not by step {Text.Count((long)time)}");
}
