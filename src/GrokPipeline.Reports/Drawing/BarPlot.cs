namespace GrokPipeline.Reports.Drawing;

/// <summary>Bars side by side per category: a spectrum before and after.</summary>
internal sealed class BarPlot
{
    private const int Width = 760, Height = 260, Left = 64, Right = 20, Top = 48, Bottom = 44;

    /// <summary>File name and identity.</summary>
    public required string Id { get; init; }

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>What it shows, for who cannot see it.</summary>
    public required string Alternative { get; init; }

    /// <summary>What the horizontal axis counts.</summary>
    public required string Horizontal { get; init; }

    /// <summary>Names of the categories, left to right.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>A name and one value per category for each group of bars.</summary>
    public required IReadOnlyList<(string Name, IReadOnlyList<double> Values)> Groups { get; init; }

    /// <summary>Draws it.</summary>
    public ReportFigure Draw()
    {
        var canvas = new Canvas(Width, Height);
        var largest = Groups.SelectMany(group => group.Values).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        var scale = new LinearScale(0, largest);
        double Y(double value) => Height - Bottom - (Math.Clamp(scale.Position(value), 0, 1) * (Height - Top - Bottom));
        foreach (var tick in scale.Ticks)
        {
            canvas.Line(Left, Y(tick.Value), Width - Right, Y(tick.Value), "grid");
            canvas.Text(Left - 8, Y(tick.Value) + 4, tick.Label, Anchor.End);
        }
        var slot = (Width - Left - Right) / (double)Categories.Count;
        var every = Math.Max(1, (int)Math.Ceiling(28 / slot));
        for (var c = 0; c < Categories.Count; c++)
        {
            for (var g = 0; g < Groups.Count; g++)
            {
                var value = Groups[g].Values[c];
                if (!double.IsFinite(value)) { continue; }
                var bar = slot * 0.8 / Groups.Count;
                canvas.Bar(
                    Left + (slot * (c + 0.1)) + (bar * g), Y(value), bar, Height - Bottom - Y(value), $"f{g % Canvas.Colours}",
                    $"{Groups[g].Name}, {Categories[c]}: {Text.Number(value)}");
            }
            if (c % every == 0) { canvas.Text(Left + (slot * (c + 0.5)), Height - Bottom + 16, Categories[c], Anchor.Middle); }
        }
        canvas.Line(Left, Height - Bottom, Width - Right, Height - Bottom, "axis");
        canvas.Text((Left + Width - Right) / 2.0, Height - 6, Horizontal, Anchor.Middle);
        canvas.Text(Left, 16, Title, style: "strong");
        var x = (double)Left;
        for (var g = 0; g < Groups.Count; g++)
        {
            canvas.Bar(x, 25, 12, 10, $"f{g % Canvas.Colours}", Groups[g].Name);
            canvas.Text(x + 18, 34, Groups[g].Name);
            x += 38 + (7.0 * Groups[g].Name.Length);
        }
        return new(Id, Title, Alternative, canvas.Document(Title, Alternative, Id), Csv());
    }

    private string Csv() => Text.CsvLine(["category", .. Groups.Select(group => group.Name)]) + string.Concat(
        Categories.Select((category, c) => Text.CsvLine([category, .. Groups.Select(group => Text.Exact(group.Values[c]))])));
}
