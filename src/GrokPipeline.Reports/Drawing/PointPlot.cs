namespace GrokPipeline.Reports.Drawing;

/// <summary>A panel of points: a name above, points in their order, each with a label.</summary>
internal sealed record PointPanel(string Title, IReadOnlyList<(double X, double Y, string Label)> Points);

/// <summary>Points in squares side by side, the same scale in both directions and in all panels.</summary>
internal sealed class PointPlot
{
    private const int Width = 760, Side = 340, Gap = 40, Left = 20, Top = 48, Bottom = 16;

    /// <summary>File name and identity.</summary>
    public required string Id { get; init; }

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>What it shows, for who cannot see it.</summary>
    public required string Alternative { get; init; }

    /// <summary>One or two panels.</summary>
    public required IReadOnlyList<PointPanel> Panels { get; init; }

    /// <summary>Draws it.</summary>
    public ReportFigure Draw()
    {
        var canvas = new Canvas(Width, Top + Side + Bottom);
        canvas.Text(Left, 16, Title, style: "strong");
        var reach = Panels.SelectMany(panel => panel.Points).SelectMany(point => (double[])[Math.Abs(point.X), Math.Abs(point.Y)])
            .Where(double.IsFinite).DefaultIfEmpty(1).Max();
        var scale = (Side / 2.0) - 14;
        for (var p = 0; p < Panels.Count; p++)
        {
            var (panel, left) = (Panels[p], Left + (p * (Side + Gap)));
            var (centreX, centreY) = (left + (Side / 2.0), Top + (Side / 2.0));
            canvas.Text(left, 38, panel.Title);
            canvas.Cell(left, Top, Side, Side, "", "");
            canvas.Line(left, centreY, left + Side, centreY, "grid");
            canvas.Line(centreX, Top, centreX, Top + Side, "grid");
            var points = panel.Points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y))
                .Select(point => (X: centreX + (point.X / Math.Max(reach, 1e-300) * scale), Y: centreY - (point.Y / Math.Max(reach, 1e-300) * scale), point.Label))
                .ToList();
            for (var i = 0; i < points.Count; i++)
            {
                // Dark to bright in the order of the points, so that neighbours are seen to be neighbours; few are labelled.
                var (x, y, label) = points[i];
                var colour = Ramp.At(points.Count < 2 ? 0 : i / (points.Count - 1.0));
                canvas.Cell(x - 3, y - 3, 6, 6, colour, $"{label}: {Text.Number(panel.Points[i].X)}, {Text.Number(panel.Points[i].Y)}");
                if (i % Math.Max(1, points.Count / 24) == 0) { canvas.Text(x + 5, y - 4, label, style: "tiny"); }
            }
        }
        return new(Id, Title, Alternative, canvas.Document(Title, Alternative, Id), Csv());
    }

    private string Csv() => Text.CsvLine("panel", "point", "x", "y") + string.Concat(Panels.SelectMany(panel =>
        panel.Points.Select(point => Text.CsvLine(panel.Title, point.Label, Text.Exact(point.X), Text.Exact(point.Y)))));
}
