namespace GrokPipeline.Reports.Drawing;

/// <summary>A panel of a heat map: rows by columns of numbers in [0, 1]; NaN stays empty.</summary>
internal sealed record HeatPanel(string Title, IReadOnlyList<IReadOnlyList<double>> Values);

/// <summary>Numbers in [0, 1] as coloured cells with the number in them, in one or two panels with the same rows and columns.</summary>
internal sealed class HeatPlot
{
    private const int Width = 760, Left = 150, Gap = 24, Row = 24, Top = 62, Bottom = 34, Right = 10;

    /// <summary>File name and identity.</summary>
    public required string Id { get; init; }

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>What it shows, for who cannot see it.</summary>
    public required string Alternative { get; init; }

    /// <summary>What the columns are.</summary>
    public required string Horizontal { get; init; }

    /// <summary>Names of rows, top to bottom.</summary>
    public required IReadOnlyList<string> Rows { get; init; }

    /// <summary>Names of columns, left to right.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The panels.</summary>
    public required IReadOnlyList<HeatPanel> Panels { get; init; }

    /// <summary>Draws it.</summary>
    public ReportFigure Draw()
    {
        var canvas = new Canvas(Width, Top + (Row * Rows.Count) + Bottom);
        var wide = (Width - Left - Right - (Gap * (Panels.Count - 1))) / (double)Panels.Count;
        var cell = Math.Min(wide / Columns.Count, 72);
        canvas.Text(10, 16, Title, style: "strong");
        for (var row = 0; row < Rows.Count; row++) { canvas.Text(Left - 8, Top + (Row * row) + 16, Rows[row], Anchor.End); }
        for (var p = 0; p < Panels.Count; p++)
        {
            var left = Left + (p * ((cell * Columns.Count) + Gap));
            canvas.Text(left, 36, Panels[p].Title, style: "strong");
            for (var column = 0; column < Columns.Count; column++)
            {
                canvas.Text(left + (cell * (column + 0.5)), Top - 8, Columns[column], Anchor.Middle);
                for (var row = 0; row < Rows.Count; row++) { Cell(canvas, Panels[p], row, column, left + (cell * column), cell); }
            }
            canvas.Text(left + (cell * Columns.Count / 2), Top + (Row * Rows.Count) + 18, Horizontal, Anchor.Middle);
        }
        return new(Id, Title, Alternative, canvas.Document(Title, Alternative, Id), Csv());
    }

    private void Cell(Canvas canvas, HeatPanel panel, int row, int column, double x, double wide)
    {
        var value = panel.Values[row][column];
        if (!double.IsFinite(value)) { return; }
        canvas.Cell(x, Top + (Row * row), wide, Row, Ramp.At(value), $"{Rows[row]}, {Columns[column]}: {Text.Number(value)}");
        if (wide >= 34) { canvas.Text(x + (wide / 2), Top + (Row * row) + 16, Text.Number(Math.Round(value, 2)), Anchor.Middle, $"tiny {Ramp.TextOn(value)}"); }
    }

    private string Csv() => Text.CsvLine("panel", "row", "column", "value") + string.Concat(Panels.SelectMany(panel =>
        Rows.SelectMany((row, r) => Columns.Select((column, c) => Text.CsvLine(panel.Title, row, column, Text.Exact(panel.Values[r][c]))))));
}
