namespace GrokPipeline.Reports.Drawing;

/// <summary>How a mark looks.</summary>
internal enum MarkKind
{
    /// <summary>Filled: an event.</summary>
    Dot,

    /// <summary>Open, pointing up: censored; the event is later, or never.</summary>
    OpenTriangle,

    /// <summary>A small upright line on a curve: some were censored here.</summary>
    Tick,
}

/// <summary>A single mark.</summary>
/// <param name="X">In [0, 1].</param>
/// <param name="Y">In [0, 1].</param>
/// <param name="Kind">How it looks.</param>
/// <param name="Shift">By how much it stands beside its place, so that equal ones do not cover each other; in widths of a mark.</param>
/// <param name="Tip">What it says on hovering.</param>
internal readonly record struct PlotMark(double X, double Y, MarkKind Kind, double Shift, string Tip);

/// <summary>Marks and lines of one colour and one pattern of dashes.</summary>
/// <param name="Name">Its name in the legend; empty when it is the only one.</param>
/// <param name="Lines">Pieces of a line, points in [0, 1].</param>
/// <param name="Marks">Its marks.</param>
internal sealed record PlotSeries(
    string Name, IReadOnlyList<IReadOnlyList<(double X, double Y)>> Lines, IReadOnlyList<PlotMark> Marks);

/// <summary>Series over two axes that are given as positions and labels.</summary>
internal sealed class SeriesPlot
{
    /// <summary>How many series can be told apart by colour and dashes.</summary>
    public const int Most = 5;

    private const int Width = 760, Left = 72, Right = 20, Bottom = 50, Area = 260;

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>What the marks mean.</summary>
    public required string Reading { get; init; }

    /// <summary>Positions in [0, 1] and labels.</summary>
    public required IEnumerable<(double Position, string Label)> HorizontalTicks { get; init; }

    /// <summary>Positions in [0, 1] and labels.</summary>
    public required IEnumerable<(double Position, string Label)> VerticalTicks { get; init; }

    /// <summary>What the horizontal axis is.</summary>
    public required string Horizontal { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<PlotSeries> Series { get; init; }

    // Places of the names in the legend, as many in a row as fit.
    private List<(double X, double Y)> Places
    {
        get
        {
            var (x, y, places) = (8.0, 51.0, new List<(double X, double Y)>());
            foreach (var series in Series)
            {
                var wide = 54 + (6.8 * series.Name.Length);
                if (x > 8 && x + wide > Width) { (x, y) = (8, y + 18); }
                places.Add((x, y));
                x += wide;
            }
            return places;
        }
    }

    private int Top => Series.All(series => series.Name.Length == 0) ? 46 : (int)Places[^1].Y + 14;

    /// <summary>Draws it.</summary>
    public Canvas Draw()
    {
        var canvas = new Canvas(Width, Top + Area + Bottom);
        canvas.Text(8, 16, Title, style: "strong");
        canvas.Text(8, 32, Reading);
        Legend(canvas);
        foreach (var (position, label) in VerticalTicks)
        {
            canvas.Line(Left, Y(position), Width - Right, Y(position), "grid");
            canvas.Text(Left - 8, Y(position) + 4, label, Anchor.End);
        }
        foreach (var (position, label) in HorizontalTicks)
        {
            canvas.Line(X(position), Top + Area, X(position), Top + Area + 5, "axis");
            canvas.Text(X(position), Top + Area + 18, label, Anchor.Middle);
        }
        canvas.Line(Left, Top + Area, Width - Right, Top + Area, "axis");
        canvas.Text((Left + Width - Right) / 2.0, Top + Area + 38, Horizontal, Anchor.Middle);
        for (var i = 0; i < Series.Count; i++) { Draw(canvas, Series[i], i % Most); }
        return canvas;
    }

    private static double X(double position) => Left + (position * (Width - Left - Right));

    private double Y(double position) => Top + ((1 - Math.Clamp(position, 0, 1)) * Area);

    private void Legend(Canvas canvas)
    {
        for (var i = 0; i < Series.Count; i++)
        {
            if (Series[i].Name.Length == 0) { continue; }
            var (x, y) = Places[i];
            canvas.Line(x, y - 4, x + 26, y - 4, $"line s{i % Most} k{i % Most}");
            canvas.Text(x + 32, y, Series[i].Name);
        }
    }

    private void Draw(Canvas canvas, PlotSeries series, int colour)
    {
        foreach (var line in series.Lines)
        {
            canvas.Path([.. line.Select(point => (X(point.X), Y(point.Y)))], $"line s{colour} k{colour}");
        }
        foreach (var mark in series.Marks)
        {
            var (x, y) = (X(mark.X) + (mark.Shift * 8), Y(mark.Y));
            switch (mark.Kind)
            {
                case MarkKind.Dot: canvas.Dot(x, y, 3.5, $"f{colour}", mark.Tip); break;
                case MarkKind.OpenTriangle: canvas.OpenTriangle(x, y, 4.5, $"s{colour}", mark.Tip); break;
                default: canvas.Line(x, y - 5, x, y + 5, $"thin s{colour}"); break;
            }
        }
    }
}
