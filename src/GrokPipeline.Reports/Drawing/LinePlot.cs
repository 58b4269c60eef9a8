using System.Text.Json;

namespace GrokPipeline.Reports.Drawing;

/// <summary>A curve of a plot.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Steps">Ascending.</param>
/// <param name="Values">One per step; what the scale cannot show is a gap.</param>
internal sealed record Series(string Name, IReadOnlyList<long> Steps, IReadOnlyList<double> Values);

/// <summary>A step worth a vertical line.</summary>
internal sealed record StepMark(long Step, string Label);

/// <summary>Curves over steps on a logarithmic axis, with marked steps and checkpoints under the axis.</summary>
internal sealed class LinePlot
{
    private const int Width = 760, Height = 356, Left = 64, Right = 20, Top = 70, Bottom = 64;

    /// <summary>File name and identity.</summary>
    public required string Id { get; init; }

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>What it shows, for who cannot see it.</summary>
    public required string Alternative { get; init; }

    /// <summary>The curves; at least one with a point.</summary>
    public required IReadOnlyList<Series> Curves { get; init; }

    /// <summary>The vertical axis.</summary>
    public required Scale Vertical { get; init; }

    /// <summary>Vertical lines.</summary>
    public IReadOnlyList<StepMark> Marks { get; init; } = [];

    /// <summary>Stored checkpoints: small triangles; a labelled one is larger.</summary>
    public IReadOnlyList<StepMark> Checkpoints { get; init; } = [];

    /// <summary>Draws it.</summary>
    public ReportFigure Draw()
    {
        var canvas = new Canvas(Width, Height);
        var steps = new StepScale(Curves.Max(curve => curve.Steps.Count == 0 ? 1 : curve.Steps[^1]));
        Axes(canvas, steps);
        MarkSteps(canvas, steps);
        for (var i = 0; i < Curves.Count; i++) { Curve(canvas, steps, Curves[i], i % Canvas.Colours); }
        Legend(canvas);
        return new(Id, Title, Alternative, canvas.Document(Title, Alternative, Id, Hover(steps)), Csv());
    }

    private static double X(Scale steps, double step) => Left + (steps.Position(step) * (Width - Left - Right));

    private double Y(double value) => Height - Bottom - (Math.Clamp(Vertical.Position(value), 0, 1) * (Height - Top - Bottom));

    private void Axes(Canvas canvas, StepScale steps)
    {
        foreach (var tick in Vertical.Ticks)
        {
            canvas.Line(Left, Y(tick.Value), Width - Right, Y(tick.Value), "grid");
            canvas.Text(Left - 8, Y(tick.Value) + 4, tick.Label, Anchor.End);
        }
        foreach (var tick in steps.Ticks)
        {
            canvas.Line(X(steps, tick.Value), Height - Bottom, X(steps, tick.Value), Height - Bottom + 5, "axis");
            canvas.Text(X(steps, tick.Value), Height - Bottom + 18, tick.Label, Anchor.Middle);
        }
        canvas.Line(Left, Height - Bottom, Width - Right, Height - Bottom, "axis");
        canvas.Text((Left + Width - Right) / 2.0, Height - 8, "step (logarithmic)", Anchor.Middle);
    }

    private void MarkSteps(Canvas canvas, StepScale steps)
    {
        var row = 0;
        foreach (var mark in Marks)
        {
            var x = X(steps, mark.Step);
            var y = Top - 20 + (13 * (row++ % 2));            // two heights, so that the labels of close marks stay apart
            canvas.Line(x, y - 8, x, Height - Bottom, "mark");
            canvas.Text(x + (x > Width * 0.7 ? -5 : 5), y, $"{mark.Label} {Text.Count(mark.Step)}", x > Width * 0.7 ? Anchor.End : Anchor.Start, "strong");
        }
        foreach (var checkpoint in Checkpoints)
        {
            var labelled = checkpoint.Label.Length > 0;
            canvas.Triangle(
                X(steps, checkpoint.Step), Height - Bottom + 24, labelled ? 4.5 : 2, labelled ? "fi" : "fs",
                $"checkpoint at step {Text.Count(checkpoint.Step)}{(labelled ? $": {checkpoint.Label}" : "")}");
        }
    }

    private void Curve(Canvas canvas, StepScale steps, Series curve, int colour)
    {
        var piece = new List<(double X, double Y)>();
        foreach (var i in Thinning.Keep(curve.Values))
        {
            if (Vertical.Shows(curve.Values[i]))
            {
                piece.Add((X(steps, curve.Steps[i]), Y(curve.Values[i])));
                continue;
            }
            if (piece.Count > 0) { canvas.Path(piece, $"line s{colour}"); }
            piece.Clear();
        }
        if (piece.Count > 0) { canvas.Path(piece, $"line s{colour}"); }
    }

    private void Legend(Canvas canvas)
    {
        canvas.Text(Left, 16, Title, style: "strong");
        var x = (double)Left;
        for (var i = 0; i < Curves.Count; i++)
        {
            canvas.Line(x, 30, x + 18, 30, $"line s{i % Canvas.Colours}");
            canvas.Text(x + 24, 34, Curves[i].Name);
            x += 44 + (7.0 * Curves[i].Name.Length);
        }
    }

    private string Hover(StepScale steps) => JsonSerializer.Serialize(Curves.Select(curve =>
    {
        var kept = Thinning.Keep(curve.Values).Where(i => Vertical.Shows(curve.Values[i])).ToArray();
        return new
        {
            n = curve.Name,
            x = kept.Select(i => Math.Round(X(steps, curve.Steps[i]), 1)),
            y = kept.Select(i => Math.Round(Y(curve.Values[i]), 1)),
            s = kept.Select(i => curve.Steps[i]),
            v = kept.Select(i => Text.Number(curve.Values[i])),
        };
    }));

    private string Csv() => Text.CsvLine("series", "step", "value") + string.Concat(Curves.SelectMany(curve =>
        curve.Steps.Zip(curve.Values, (step, value) => Text.CsvLine(curve.Name, step.ToString(System.Globalization.CultureInfo.InvariantCulture), Text.Exact(value)))));
}
