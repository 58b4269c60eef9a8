using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sweeps;

/// <summary>The phase diagram and the map of the delay, over the first two options; numeric ones come first.</summary>
internal static class MapFigures
{
    private const int MostPanels = 12, MostSlots = 48;

    public static IEnumerable<SweepFigure> Of(SweepSummary summary)
    {
        var axes = Ordered(summary);
        if (axes.IsEmpty) { return []; }
        return [Phases(summary, axes), Delays(summary, axes)];
    }

    /// <summary>Axes with more than one value, numeric ones first.</summary>
    public static ImmutableArray<OptionAxis> Ordered(SweepSummary summary) =>
        [.. summary.Axes.Where(axis => axis.Values.Length > 1).OrderBy(axis => !axis.Numeric)];

    private static SweepFigure Phases(SweepSummary summary, ImmutableArray<OptionAxis> axes)
    {
        var repeated = summary.Cells.Any(cell => cell.Members.Length > 1);
        var plot = Plot(summary, axes, cell =>
        {
            var (x, y) = Place(cell, axes);
            var tip = $"{SweepText.Settings(cell.Settings)}: {Counts(cell.Counts)}";
            if (cell.Counts.Majority is not { } phase) { return new MapCell(x, y, "", "", "–", "", false, tip); }
            var note = repeated ? $"{cell.Counts[phase]}/{cell.Counts.Observed}" : "";
            return new MapCell(x, y, PhaseStyle.Fill(phase), "on", PhaseStyle.Letter(phase), note, false, tip);
        });
        var counts = summary.Cells.CountBy(cell => cell.Counts.Majority is { } phase ? (int)phase : -1).ToDictionary();
        var told = PhaseStyle.All.Where(phase => counts.ContainsKey((int)phase))
            .Select(phase => $"{Cells(counts[(int)phase])} {PhaseStyle.Name(phase)}").ToList();
        if (counts.TryGetValue(-1, out var empty)) { told.Add($"{Cells(empty)} without data (–)"); }
        var alternative = $"Phase of most members over {Names(axes)}: {string.Join(", ", told)}."
            + (repeated ? " Below the letter, where there is room: how many members of the cell are in that phase." : "") + Left(summary, axes);
        return SweepFigure.Of("phases", "Phase diagram", alternative, plot.Draw("Phase diagram: the phase of most members", Legend),
            [
                .. Headings(summary), "phase", .. PhaseStyle.All.Select(phase => "#" + SweepWords.Of(phase)), "#failed",
                "#grok rate", "#low", "#high",
            ],
            summary.Cells.Select(cell => (IReadOnlyList<string>)
            [
                .. cell.Settings.Select(setting => setting.Value), cell.Counts.Majority is { } phase ? SweepWords.Of(phase) : "",
                .. PhaseStyle.All.Select(phase => N(cell.Counts[phase])), N(cell.Counts.Failed), Share(cell.GrokRate?.Value),
                Share(cell.GrokRate?.Low), Share(cell.GrokRate?.High),
            ]));
    }

    private static SweepFigure Delays(SweepSummary summary, ImmutableArray<OptionAxis> axes)
    {
        var known = summary.Cells.Select(cell => cell.Delay.Median).OfType<double>().ToArray();
        var (low, high) = (known.Where(delay => delay > 0).DefaultIfEmpty(1).Min(), Math.Max(1, known.DefaultIfEmpty(1).Max()));
        double Position(double delay) => high > low ? Math.Log(Math.Max(low, delay) / low) / Math.Log(high / low) : 0.5;
        var plot = Plot(summary, axes, cell =>
        {
            var (x, y) = Place(cell, axes);
            var (curve, settings) = (cell.Delay, SweepText.Settings(cell.Settings));
            if (curve.Count == 0) { return new MapCell(x, y, "", "", "–", "", false, $"{settings}: no member memorized"); }
            if (curve.Median is { } delay)
            {
                return new MapCell(x, y, Ramp.At(Position(delay)), Ramp.TextOn(Position(delay)), SweepText.Short(delay), "", false,
                    $"{settings}: median delay {Text.Count((long)delay)} steps");
            }
            var last = curve.Points[^1].Time;
            return new MapCell(x, y, "", "strong", ">" + SweepText.Short(last), "", true,
                $"{settings}: not reached within {Text.Count((long)last)} steps");
        });
        var beyond = summary.Cells.Count(cell => cell.Delay is { Count: > 0, Median: null });
        var alternative = (known.Length == 0
                ? $"No cell over {Names(axes)} has a median delay."
                : $"Median delay over {Names(axes)}: {Text.Count((long)known.Min())} to {Text.Count((long)known.Max())} steps "
                    + $"in {Cells(known.Length)}.")
            + (beyond == 0 ? "" : $" Hatched: {Cells(beyond)} where more than half of those that memorized had not generalized; "
                + "the number is how long they were watched.")
            + Left(summary, axes);
        return SweepFigure.Of(
            "delay", "Median delay", alternative,
            plot.Draw(
                "Median delay in steps, members without generalization counted", (canvas, x, y) => RampLegend(canvas, x, y, low, high)),
            [
                .. Headings(summary), "#memorized", "#generalized after", "#median delay", "#low", "#high",
                "#median delay of those with both steps",
            ],
            summary.Cells.Select(cell => (IReadOnlyList<string>)
            [
                .. cell.Settings.Select(setting => setting.Value), N(cell.Delay.Count), N(cell.Delay.Events),
                SweepText.Exact(cell.Delay.Median), SweepText.Exact(cell.Delay.MedianLow),
                SweepText.Exact(cell.Delay.MedianHigh), SweepText.Exact(cell.MedianDelay),
            ]));
    }

    private static MapPlot Plot(SweepSummary summary, ImmutableArray<OptionAxis> axes, Func<SweepGroup, MapCell> cellOf)
    {
        // A grid with many empty places (a random search, a refined boundary) is drawn as points where the numbers are.
        var grid = axes.Take(2).Aggregate(1L, (product, axis) => product * axis.Values.Length);
        var panels = Panels(summary, axes).Take(MostPanels).ToArray();
        var sparse = axes.Take(2).All(axis => axis.Numeric) && panels.Max(panel => panel.Cells.Length) * 4L < grid * 3;
        var drawn = panels.Select(panel => new MapPanel(panel.Title, [.. panel.Cells.Select(cellOf)])).ToArray();
        var slots = sparse ? 0 : MostSlots;
        return new MapPlot(new ValueScale(axes[0], slots), axes.Length > 1 ? new ValueScale(axes[1], slots) : null, drawn);
    }

    private static IEnumerable<(string Title, SweepGroup[] Cells)> Panels(SweepSummary summary, ImmutableArray<OptionAxis> axes)
    {
        var further = axes.Skip(2).ToArray();
        return summary.Cells
            .GroupBy(cell => further.Length == 0
                ? ""
                : SweepText.Settings(further.Select(axis => new SweepSetting(axis.Option, axis.ValueOf(cell.Settings)))))
            .OrderBy(group => further.Length == 1 ? further[0].Values.IndexOf(further[0].ValueOf(group.First().Settings)) : 0)
            .Select(group => (group.Key, group.ToArray()));
    }

    private static string Left(SweepSummary summary, ImmutableArray<OptionAxis> axes) =>
        Panels(summary, axes).Count() is > MostPanels and var count ? $" The first {MostPanels} of {count} panels are drawn." : "";

    private static (string X, string Y) Place(SweepGroup cell, ImmutableArray<OptionAxis> axes) =>
        (axes[0].ValueOf(cell.Settings), axes.Length > 1 ? axes[1].ValueOf(cell.Settings) : "");

    private static double Legend(Canvas canvas, double x, double y)
    {
        foreach (var phase in PhaseStyle.All)
        {
            canvas.Cell(x, y, 20, 18, PhaseStyle.Fill(phase), PhaseStyle.Name(phase));
            canvas.Text(x + 10, y + 13.5, PhaseStyle.Letter(phase), Anchor.Middle, "on");
            canvas.Text(x + 26, y + 13.5, PhaseStyle.Name(phase));
            x += 52 + (6.6 * PhaseStyle.Name(phase).Length);
        }
        return 18;
    }

    private static double RampLegend(Canvas canvas, double x, double y, double low, double high)
    {
        const int Pieces = 40;
        var start = x + 28 + (7.0 * Text.Count((long)low).Length);
        canvas.Text(x, y + 13, "≤ " + Text.Count((long)low));
        for (var i = 0; i < Pieces; i++) { canvas.Swatch(start + (i * 4), y, 4.2, 16, Ramp.At(i / (Pieces - 1.0))); }
        var end = start + (4 * Pieces) + 8;
        canvas.Text(end, y + 13, $"{Text.Count((long)high)} steps (logarithmic)");
        end += 34 + (6.6 * Text.Count((long)high).Length) + 120;
        canvas.Cell(end, y, 26, 16, "", "not reached");
        canvas.Hatch(end, y, 26, 16);
        canvas.Text(end + 33, y + 13, "not reached");
        canvas.Text(end + 125, y + 13, "– none memorized");
        return 16;
    }

    private static string Counts(PhaseCounts counts) => string.Join(", ", PhaseStyle.All.Where(phase => counts[phase] > 0)
        .Select(phase => $"{counts[phase]} {SweepWords.Of(phase)}").Concat(counts.Failed > 0 ? [$"{counts.Failed} failed"] : []));

    private static IEnumerable<string> Headings(SweepSummary summary) =>
        summary.Axes.Select(axis => axis.Numeric ? "#" + axis.Option : axis.Option);

    private static string Names(ImmutableArray<OptionAxis> axes) => string.Join(" and ", axes.Select(axis => SweepText.Axis(axis.Option)));

    private static string Cells(int count) => count == 1 ? "1 cell" : $"{Text.Count(count)} cells";

    private static string N(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Share(double? share) => share?.ToString("0.####", CultureInfo.InvariantCulture) ?? "";
}
