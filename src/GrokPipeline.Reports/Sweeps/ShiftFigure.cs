using System.Globalization;
using GrokPipeline.Evaluation.Statistics;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sweeps;

/// <summary>The generalization step of each member against the shift of its data.</summary>
internal static class ShiftFigure
{
    /// <summary>The drawing.</summary>
    public static SweepFigure Of(ShiftCorrelation found)
    {
        var what = $"total variation over {(found.OfGroups ? "subclasses" : "classes")} between train and the split of generalization, "
            + "beyond that of relabelled rows";
        var title = "Generalization step against the shift of the data";
        var alternative = $"{title}: {what}. {Sentence(found)}";
        var across = new LinearScale(Math.Min(0, found.Members.Min(pair => pair.Shift)), found.Members.Max(pair => pair.Shift));
        var steps = new StepRange(found.Members.Select(pair => pair.Member.Generalization?.Time ?? 0));
        var marks = found.Members.Select(pair =>
        {
            var (time, observed) = pair.Member.Generalization ?? default;
            return new PlotMark(
                across.Position(pair.Shift), steps.Position(time), observed ? MarkKind.Dot : MarkKind.OpenTriangle, 0,
                $"shift {Text.Number(pair.Shift)}: {(observed ? "generalized at" : "not by")} step {Text.Count((long)time)}");
        });
        var canvas = new SeriesPlot
        {
            Title = title,
            Reading = "Dot: generalized. Open triangle: not yet, when last seen.",
            Horizontal = what,
            HorizontalTicks = across.Ticks.Select(tick => (across.Position(tick.Value), tick.Label)),
            VerticalTicks = steps.Ticks.Select(tick => (steps.Position(tick.Value), tick.Label)),
            Series = [new PlotSeries("", [], [.. marks])],
        }.Draw();
        return SweepFigure.Of("shift", title, alternative, canvas, ["#index", "#shift", "#generalization step", "#not by", "#delay"],
            found.Members.Select(pair => (IReadOnlyList<string>)
            [
                pair.Member.Member.Index.ToString(CultureInfo.InvariantCulture), Text.Exact(pair.Shift),
                SweepText.Exact(pair.Member.Verdict?.GeneralizationStep),
                pair.Member.Generalization is { Observed: false } censored ? SweepText.Exact(censored.Time) : "",
                SweepText.Exact(pair.Member.Verdict?.Delay),
            ]));
    }

    /// <summary>The correlations in a sentence.</summary>
    public static string Sentence(ShiftCorrelation found) =>
        $"Spearman's rank correlation with the generalization step is {Value(found.Step)} over {Text.Count(found.Members.Length)} members, "
        + $"with the delay {Value(found.Delay)} over the {Text.Count(found.Memorized)} that memorized. {Text.Count(found.Never)} did not "
        + "generalize and are ranked last. Intervals by a bootstrap over members, p by permutation; seeds of a cell count "
        + "as members of their own.";

    private static string Value((Interval Value, double PValue) test) => double.IsNaN(test.Value.Value)
        ? "not defined"
        : $"{Number(test.Value.Value)} [{Number(test.Value.Low)}, {Number(test.Value.High)}], "
            + $"p = {test.PValue.ToString("0.####", CultureInfo.InvariantCulture)},";

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
