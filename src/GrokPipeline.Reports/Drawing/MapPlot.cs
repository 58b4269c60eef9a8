namespace GrokPipeline.Reports.Drawing;

/// <summary>A cell of a map.</summary>
/// <param name="X">The value on the horizontal axis.</param>
/// <param name="Y">The value on the vertical axis.</param>
/// <param name="Fill">A class of the style, or a colour; empty for an outline alone.</param>
/// <param name="Ink">The class of its text.</param>
/// <param name="Label">Its text; short.</param>
/// <param name="Note">A smaller text below, where there is room.</param>
/// <param name="Hatched">Whether it is hatched.</param>
/// <param name="Tip">What it says on hovering.</param>
internal sealed record MapCell(string X, string Y, string Fill, string Ink, string Label, string Note, bool Hatched, string Tip);

/// <summary>One map of several that share their axes.</summary>
/// <param name="Title">What it holds constant; empty when it is the only one.</param>
/// <param name="Cells">Its cells; places without one stay empty.</param>
internal sealed record MapPanel(string Title, IReadOnlyList<MapCell> Cells);

/// <summary>Coloured cells over the values of two options, or one; further options give further panels.</summary>
internal sealed class MapPlot
{
    private const int Width = 760, Right = 12, Gap = 26, TickRow = 22, AxisRow = 20, Point = 20;
    private readonly int _columns;
    private readonly double _left;
    private readonly double _inset;
    private readonly double _width;
    private readonly double _height;

    /// <summary>Plans the layout.</summary>
    /// <param name="horizontal">The horizontal axis.</param>
    /// <param name="vertical">The vertical axis; null for a single row.</param>
    /// <param name="panels">At least one.</param>
    public MapPlot(ValueScale horizontal, ValueScale? vertical, IReadOnlyList<MapPanel> panels)
    {
        (Horizontal, Vertical, Panels) = (horizontal, vertical, panels);
        var longest = vertical?.Ticks(int.MaxValue).Max(tick => tick.Label.Length) ?? 0;
        // Points at the ends of an axis need room beside it.
        _inset = horizontal.Slots && vertical is not { Slots: false } ? 0 : Point / 2;
        _left = _inset + (vertical is null ? 8 : Math.Min(150, 20 + (7.0 * longest)));
        var wide = horizontal.Slots ? Math.Clamp(horizontal.Count * 40.0, 120, Width - Right - _left) : Width - Right - _inset - _left;
        _columns = panels.Count == 1 ? 1 : Math.Clamp((int)((Width - Right + Gap) / (_left + wide + Gap)), 1, Math.Min(4, panels.Count));
        var room = ((Width - Right + Gap) / (double)_columns) - Gap - _left - _inset;
        _width = horizontal.Slots ? Math.Min(room, horizontal.Count * 92.0) : room;
        var rows = vertical?.Count ?? 1;
        _height = vertical is { Slots: false } || !horizontal.Slots ? 340 : rows * Math.Clamp(330.0 / rows, 15, 40);
    }

    private ValueScale Horizontal { get; }

    private ValueScale? Vertical { get; }

    private IReadOnlyList<MapPanel> Panels { get; }

    /// <summary>Draws all panels below a title and a legend.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="legend">Draws the legend from a position on; gives the height that it took.</param>
    public Canvas Draw(string title, Func<Canvas, double, double, double> legend)
    {
        var head = (Panels.Any(panel => panel.Title.Length > 0) ? 18 : 0) + (Vertical is null ? 6 : 18);
        var band = head + _height + (2 * _inset) + TickRow + AxisRow + 16;
        var bands = (int)Math.Ceiling(Panels.Count / (double)_columns);
        var top = 28 + legend(new Canvas(Width, 1), 8, 28) + 10;
        var canvas = new Canvas(Width, (int)Math.Ceiling(top + (bands * band)));
        canvas.Text(8, 16, title, style: "strong");
        legend(canvas, 8, 28);
        for (var i = 0; i < Panels.Count; i++)
        {
            Panel(canvas, Panels[i], (i % _columns * (_left + _width + Gap)) + _left, top + (i / _columns * band), head);
        }
        return canvas;
    }

    private void Panel(Canvas canvas, MapPanel panel, double x, double y, double head)
    {
        if (panel.Title.Length > 0) { canvas.Text(x, y + 11, panel.Title, style: "strong"); }
        if (Vertical is not null) { canvas.Text(x, y + head - 6, "↑ " + Vertical.Label); }
        var top = y + head + _inset;
        if (_inset > 0) { canvas.Cell(x - _inset, top - _inset, _width + (2 * _inset), _height + (2 * _inset), "", ""); }
        foreach (var (position, label) in Vertical?.Ticks((int)(_height / 14)) ?? [])
        {
            canvas.Text(x - _inset - 7, top + ((1 - position) * _height) + 4, label, Anchor.End);
        }
        var labels = Horizontal.Ticks(int.MaxValue).Max(tick => tick.Label.Length);
        foreach (var (position, label) in Horizontal.Ticks((int)(_width / (12 + (7.0 * labels)))))
        {
            canvas.Text(x + (position * _width), top + _height + _inset + 16, label, Anchor.Middle);
        }
        canvas.Text(x + (_width / 2), top + _height + _inset + TickRow + 12, Horizontal.Label + " →", Anchor.Middle);
        foreach (var cell in panel.Cells) { Cell(canvas, cell, x, top); }
    }

    private void Cell(Canvas canvas, MapCell cell, double x, double top)
    {
        var wide = Horizontal.Slots ? _width / Horizontal.Count : Point;
        var tall = Vertical is { Slots: false } || !Horizontal.Slots ? Point : _height / (Vertical?.Count ?? 1);
        var centre = x + (Horizontal.Position(cell.X) * _width);
        var middle = top + ((1 - (Vertical?.Position(cell.Y) ?? 0.5)) * _height);
        canvas.Cell(centre - (wide / 2), middle - (tall / 2), wide, tall, cell.Fill, cell.Tip);
        if (cell.Hatched) { canvas.Hatch(centre - (wide / 2), middle - (tall / 2), wide, tall); }
        var both = cell.Note.Length > 0 && tall >= 31 && wide >= 8 + (6.0 * cell.Note.Length);
        if (wide >= 4 + (6.5 * cell.Label.Length))
        {
            canvas.Text(centre, middle + (both ? 0 : 4.5), cell.Label, Anchor.Middle, tall < 20 ? cell.Ink : $"big {cell.Ink}");
        }
        if (both) { canvas.Text(centre, middle + 13, cell.Note, Anchor.Middle, $"tiny {cell.Ink}"); }
    }
}
