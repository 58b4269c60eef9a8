using System.Globalization;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sweeps;

/// <summary>The share that has not generalized yet over steps: one Kaplan–Meier curve per value of the first option.</summary>
internal static class SurvivalFigure
{
    private const int MostValues = 24;

    public static SweepFigure? Of(SweepSummary summary)
    {
        if (summary.Total.Generalization.Count == 0) { return null; }
        var axis = MapFigures.Ordered(summary).FirstOrDefault(candidate => candidate.Values.Length <= MostValues);
        var groups = axis is null ? [summary.Total] : summary.By(axis).Where(group => group.Generalization.Count > 0)
            .OrderBy(group => axis.Values.IndexOf(axis.ValueOf(group.Settings))).ToArray();
        var drawn = groups.Length <= SeriesPlot.Most ? groups
            : [.. Enumerable.Range(0, SeriesPlot.Most).Select(i => groups[i * (groups.Length - 1) / (SeriesPlot.Most - 1)])];
        var steps = new StepRange(summary.Total.Generalization.Points.Select(point => point.Time));
        var title = "Share not yet generalized" + (axis is null ? "" : $", by {SweepText.Axis(axis.Option)}");
        var ends = drawn.Select(
            group => $"{SweepText.Settings(group.Settings)} {SweepText.Percent(group.Generalization.Points[^1].Survival)}");
        var alternative = $"{title} over steps (Kaplan–Meier). At the end: {string.Join(", ", ends)}."
            + (drawn.Length < groups.Length ? $" {drawn.Length} of {groups.Length} values are drawn; the numbers hold all." : "");
        var canvas = new SeriesPlot
        {
            Title = title,
            Reading = "A step down: members generalized. A small upright line: members were last seen there, without having generalized.",
            Horizontal = "step (logarithmic)",
            HorizontalTicks = steps.Ticks.Select(tick => (steps.Position(tick.Value), tick.Label)),
            VerticalTicks = new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(share => (share, SweepText.Percent(share))),
            Series = [.. drawn.Select(group => Series(group, steps))],
        }.Draw();
        return SweepFigure.Of("survival", title, alternative, canvas,
            [axis?.Option ?? "group", "#step", "#at risk", "#generalized", "#censored", "#share", "#low", "#high"],
            groups.SelectMany(group => group.Generalization.Points.Select(point => (IReadOnlyList<string>)
            [
                axis?.ValueOf(group.Settings) ?? "all members", Text.Exact(point.Time), N(point.AtRisk), N(point.Events), N(point.Censored),
                Share(point.Survival), Share(point.Low), Share(point.High),
            ])));
    }

    private static PlotSeries Series(SweepGroup group, StepRange steps)
    {
        var (line, marks, share) = (new List<(double X, double Y)> { (0, 1) }, new List<PlotMark>(), 1.0);
        foreach (var point in group.Generalization.Points)
        {
            var x = steps.Position(point.Time);
            line.Add((x, share));
            line.Add((x, point.Survival));
            share = point.Survival;
            if (point.Censored > 0) { marks.Add(new(x, share, MarkKind.Tick, 0, "")); }
        }
        var name = $"{SweepText.Settings(group.Settings)}: {group.Generalization.Events} of {group.Generalization.Count}";
        return new(name, [line], marks);
    }

    private static string N(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Share(double share) => share.ToString("0.####", CultureInfo.InvariantCulture);
}
