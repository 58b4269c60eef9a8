using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports.Sweeps;

/// <summary>A figure together with its numbers as a table; headings that begin with # stand over numbers.</summary>
internal sealed record SweepFigure(ReportFigure File, IReadOnlyList<string> Headings, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Makes the figure's file and its table from the same rows.</summary>
    public static SweepFigure Of(
        string id, string title, string alternative, Canvas canvas, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<IReadOnlyList<string>> kept = [.. rows];
        var csv = Text.CsvLine(headings.Select(heading => heading.TrimStart('#'))) + string.Concat(kept.Select(row => Text.CsvLine(row)));
        return new(new(id, title, alternative, canvas.Document(title, alternative, id), csv), headings, kept);
    }
}
