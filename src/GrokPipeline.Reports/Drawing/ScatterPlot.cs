using System.Globalization;
using System.Text;

namespace GrokPipeline.Reports.Drawing;

/// <summary>Points at one step; one for each token, in their order.</summary>
internal sealed record ScatterFrame(string Label, long Step, IReadOnlyList<(double X, double Y)> Points);

/// <summary>
/// Points in a plane at several steps, each on its own scale: two of them side by side, or one after the other. The sequence is a style,
/// no script; it rests under the pointer, and who asked for less motion, or prints, sees the last step. Colours go by sixths of the
/// tokens.
/// </summary>
internal sealed class ScatterPlot
{
    private const int Width = 760, Side = 330, Top = 44, Gap = 60, Left = 20;
    private const double SecondsPerFrame = 0.5;

    /// <summary>File name and identity.</summary>
    public required string Id { get; init; }

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>What it shows, for who cannot see it.</summary>
    public required string Alternative { get; init; }

    /// <summary>The steps, at least one.</summary>
    public required IReadOnlyList<ScatterFrame> Frames { get; init; }

    /// <summary>All frames side by side.</summary>
    public ReportFigure Beside()
    {
        var canvas = new Canvas(Math.Max(Width, Left + (Frames.Count * (Side + Gap))), Top + Side + 24);
        canvas.Text(Left, 16, Title, style: "strong");
        for (var i = 0; i < Frames.Count; i++)
        {
            var left = Left + (i * (Side + Gap));
            Box(canvas, left);
            canvas.Text(left, Top - 8, $"{Frames[i].Label} (step {Text.Count(Frames[i].Step)}), ±{Text.Number(Reach(Frames[i]))}");
            Points(canvas, Frames[i], left);
        }
        return new(Id, Title, Alternative, canvas.Document(Title, Alternative, Id), Csv());
    }

    /// <summary>One frame after the other.</summary>
    public ReportFigure Moving()
    {
        var canvas = new Canvas(Width, Top + Side + 24);
        canvas.Text(Left, 16, Title, style: "strong");
        Box(canvas, Left);
        var seconds = (Frames.Count * SecondsPerFrame).ToString(CultureInfo.InvariantCulture);
        canvas.Markup(
            $"<style>@keyframes {Id}-on{{0%{{visibility:visible}}{Text.Coordinate(100.0 / Frames.Count)}%{{visibility:hidden}}}}"
            + $"#{Id}-all>g{{visibility:hidden;animation:{Id}-on {seconds}s step-end infinite}}.plot:hover #{Id}-all>g{{animation-play-state:paused}}"
            + $"@media (prefers-reduced-motion:reduce){{#{Id}-all>g{{animation:none}}#{Id}-all>g:last-child{{visibility:visible}}}}"
            + $"@media print{{#{Id}-all>g{{animation:none}}#{Id}-all>g:last-child{{visibility:visible}}}}</style>\n<g id=\"{Id}-all\">\n");
        for (var i = 0; i < Frames.Count; i++)
        {
            // All have one length and wait for their turn; visibility switches without blending.
            canvas.Markup($"<g style=\"animation-delay:{(i * SecondsPerFrame).ToString(CultureInfo.InvariantCulture)}s\">\n");
            canvas.Text(Left, Top - 8, $"step {Text.Count(Frames[i].Step)}, ±{Text.Number(Reach(Frames[i]))}");
            Points(canvas, Frames[i], Left);
            canvas.Markup("</g>\n");
        }
        canvas.Markup("</g>\n");
        return new(Id, Title, Alternative, canvas.Document(Title, Alternative, Id), Csv());
    }

    private static double Reach(ScatterFrame frame) =>
        Math.Max(1e-30, frame.Points.Max(p => Math.Max(Math.Abs(p.X), Math.Abs(p.Y)))) * 1.05;

    private static void Box(Canvas canvas, double left)
    {
        canvas.Cell(left, Top, Side, Side, "", "");
        canvas.Line(left, Top + (Side / 2.0), left + Side, Top + (Side / 2.0), "grid");
        canvas.Line(left + (Side / 2.0), Top, left + (Side / 2.0), Top + Side, "grid");
        canvas.Text(left + Side, Top + Side + 16, "component 1 →", Anchor.End);
        canvas.Text(left, Top + Side + 16, "↑ component 2");
    }

    private static void Points(Canvas canvas, ScatterFrame frame, double left)
    {
        var (half, reach) = (Side / 2.0, Reach(frame));
        for (var colour = 0; colour < Canvas.Colours; colour++)
        {
            var path = new StringBuilder();
            for (var i = 0; i < frame.Points.Count; i++)
            {
                if (i * Canvas.Colours / frame.Points.Count != colour) { continue; }
                var (x, y) = frame.Points[i];
                path.Append($"M{Text.Coordinate(left + half + (x / reach * half))} {Text.Coordinate(Top + half - (y / reach * half))}h0");
            }
            if (path.Length > 0) { canvas.Markup($"<path class=\"dots s{colour}\" d=\"{path}\"/>\n"); }
        }
    }

    private string Csv() => Text.CsvLine("step", "token", "component 1", "component 2") + string.Concat(Frames.SelectMany(frame =>
        frame.Points.Select((point, token) => Text.CsvLine(
            frame.Step.ToString(CultureInfo.InvariantCulture), token.ToString(CultureInfo.InvariantCulture), Text.Exact(point.X), Text.Exact(point.Y)))));
}
