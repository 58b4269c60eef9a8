using System.Globalization;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sweeps;

/// <summary>How far seeds of one cell lie apart: a row per cell, a mark per member.</summary>
internal static class SeedFigure
{
    private const int MostRows = 40, Width = 760, Right = 20, Row = 20, Top = 44, Bottom = 44;

    public static SweepFigure? Of(SweepSummary summary)
    {
        var cells = summary.Cells.Where(cell => cell.Generalization.Count > 1).ToArray();
        if (cells.Length == 0) { return null; }
        var ratios = cells.Select(Events).Where(steps => steps.Length > 1).Select(steps => steps[^1] / Math.Max(1, steps[0]))
            .Order().ToArray();
        var alternative = "Generalization steps of the seeds of each cell. "
            + (ratios.Length == 0
                ? "No cell has two members that generalized."
                : $"Largest by smallest step within a cell: {Factor(ratios[ratios.Length / 2])} in the middle, "
                    + $"at most {Factor(ratios[^1])}, over {ratios.Length} cells with two or more.")
            + (cells.Length > MostRows ? $" The first {MostRows} of {cells.Length} cells are drawn; the numbers hold all." : "");
        const string Title = "Spread over seeds";
        return SweepFigure.Of("seeds", Title, alternative, Draw(Title, summary, [.. cells.Take(MostRows)]),
            [
                .. summary.Axes.Select(axis => axis.Option), "#members", "#generalized", "#smallest step", "#median of all",
                "#largest step", "#not by (smallest)",
            ],
            cells.Select(cell => (IReadOnlyList<string>)
            [
                .. cell.Settings.Select(setting => setting.Value), cell.Generalization.Count.ToString(CultureInfo.InvariantCulture),
                cell.Generalization.Events.ToString(CultureInfo.InvariantCulture), First(Events(cell)),
                SweepText.Exact(cell.Generalization.Median), First(Events(cell).Reverse()),
                First(cell.Generalization.Points.Where(point => point.Censored > 0).Select(point => point.Time)),
            ]));
    }

    private static Canvas Draw(string title, SweepSummary summary, SweepGroup[] cells)
    {
        var canvas = new Canvas(Width, Top + (Row * cells.Length) + Bottom);
        var left = Math.Min(330, 24 + (6.4 * cells.Max(cell => SweepText.Settings(cell.Settings).Length)));
        var scale = new StepRange(summary.Total.Generalization.Points.Select(point => point.Time));
        double X(double time) => left + (scale.Position(time) * (Width - left - Right));
        canvas.Text(8, 16, title, style: "strong");
        canvas.Text(8, 32, "Dot: generalized. Open triangle: not yet, when last seen. Line: from the first to the last that generalized.");
        var bottom = Top + (Row * cells.Length) + 4;
        foreach (var tick in scale.Ticks)
        {
            canvas.Line(X(tick.Value), Top, X(tick.Value), bottom, "grid");
            canvas.Text(X(tick.Value), bottom + 16, tick.Label, Anchor.Middle);
        }
        canvas.Text((left + Width - Right) / 2, bottom + 34, "generalization step (logarithmic)", Anchor.Middle);
        for (var i = 0; i < cells.Length; i++)
        {
            var (y, steps) = (Top + (Row * (i + 0.5)), Events(cells[i]));
            canvas.Text(left - 10, y + 4, SweepText.Settings(cells[i].Settings), Anchor.End);
            if (steps.Length > 1) { canvas.Line(X(steps[0]), y, X(steps[^1]), y, "thin s0"); }
            foreach (var member in cells[i].Members)
            {
                if (member.Generalization is not { } lifetime) { continue; }
                var word = lifetime.Observed ? "generalized at" : "not by";
                var tip = $"seed {member.Member.Seed}: {word} step {Text.Count((long)lifetime.Time)}";
                if (lifetime.Observed) { canvas.Dot(X(lifetime.Time), y, 3.5, "f0", tip); }
                else { canvas.OpenTriangle(X(lifetime.Time), y, 4.5, "s1", tip); }
            }
        }
        return canvas;
    }

    private static double[] Events(SweepGroup cell) =>
        [.. cell.Members.Select(member => member.Verdict?.GeneralizationStep).OfType<long>().Order().Select(step => (double)step)];

    private static string First(IEnumerable<double> times) => SweepText.Exact(times.Cast<double?>().FirstOrDefault());

    private static string Factor(double ratio) => "a factor of " + ratio.ToString("0.##", CultureInfo.InvariantCulture);
}
