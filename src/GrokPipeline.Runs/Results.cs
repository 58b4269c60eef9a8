using System.Globalization;
using GrokPipeline.Evaluation;
using GrokPipeline.Tables;

namespace GrokPipeline.Runs;

/// <summary>A row of <c>evaluation.parquet</c>.</summary>
internal sealed record ScoreRow(
    long Step, string Mark, string Dataset, string Distribution, string Group, string Metric, double Value, double Low, double High,
    long Rows, string Engine, string Note);

/// <summary>Reads results of an experiment back from its folder.</summary>
internal static class Results
{
    /// <summary>The scores of an experiment; none when it was not evaluated, or when another training of it was.</summary>
    public static IReadOnlyList<ScoreRow> Scores(string root, ITableStore store)
    {
        var path = Path.Combine(root, RunLayout.Evaluation, RunLayout.Scores);
        if (!File.Exists(path) || StageOrigin.FirstOther(root, RunLayout.Evaluation) is not null) { return []; }
        var table = store.Read(path);
        var (steps, rows) = (table.Int64("step").ToArray(), table.Int64("rows").ToArray());
        var (values, lows, highs) = (table.Float64("value").ToArray(), table.Float64("low").ToArray(), table.Float64("high").ToArray());
        return [.. Enumerable.Range(0, table.Rows).Select(i => new ScoreRow(
            steps[i], Text(table, "mark", i), Text(table, "dataset", i), Text(table, "distribution", i), Text(table, "group", i),
            Text(table, "metric", i),
            values[i], lows[i], highs[i], rows[i], Text(table, "engine", i),
            table.Schema.Contains("note") ? Text(table, "note", i) : ""))];
    }

    /// <summary><c>validation 1.000 [0.999, 1.000]  band 0.996 [0.990, 0.998] ← worst</c>.</summary>
    public static string Accuracies(IReadOnlyList<ScoreRow> scores)
    {
        if (scores.Count == 0) { return ""; }
        var last = scores.Max(score => score.Step);
        var mark = scores.Where(score => score.Step == last).Select(score => score.Mark).Last();
        var rows = scores.Where(s => s.Step == last && s.Mark == mark && s is { Group: Scorer.AllRows, Metric: "accuracy" }).ToArray();
        var worst = rows.Length > 1 ? rows.MinBy(row => row.Value) : null;
        string Sign(ScoreRow row) => row == worst && worst.Value < 0.9995 ? " ← worst" : "";
        return string.Join("  ", rows.Select(row => string.Create(CultureInfo.InvariantCulture,
            $"{row.Distribution} {row.Value:F3} [{row.Low:F3}, {row.High:F3}]{Sign(row)}")));
    }

    private static string Text(Table table, string column, int row) => table.Text(column)[row] ?? "";
}
