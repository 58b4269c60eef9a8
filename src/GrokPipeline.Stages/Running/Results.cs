using System.Globalization;
using GrokPipeline.Evaluation;
using GrokPipeline.Stages.Files;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Running;

/// <summary>A row of <c>evaluation.parquet</c>.</summary>
internal sealed record ScoreRow(
    long Step, string Mark, string Dataset, string Distribution, string Group, string Metric, double Value, double Low, double High,
    long Rows, string Engine);

/// <summary>Reads results of an experiment back from its folder.</summary>
internal static class Results
{
    /// <summary>The scores of an experiment; none when it was not evaluated.</summary>
    public static IReadOnlyList<ScoreRow> Scores(string root, ITableStore store)
    {
        var path = Path.Combine(root, Evaluate.Folder, Evaluate.FileName);
        if (!File.Exists(path)) { return []; }
        var table = store.Read(path);
        var (steps, rows) = (table.Int64("step").ToArray(), table.Int64("rows").ToArray());
        var (values, lows, highs) = (table.Float64("value").ToArray(), table.Float64("low").ToArray(), table.Float64("high").ToArray());
        return [.. Enumerable.Range(0, table.Rows).Select(i => new ScoreRow(
            steps[i], Text(table, "mark", i), Text(table, "dataset", i), Text(table, "distribution", i), Text(table, "group", i),
            Text(table, "metric", i),
            values[i], lows[i], highs[i], rows[i], Text(table, "engine", i)))];
    }

    private static string Text(Table table, string column, int row) => table.Text(column)[row] ?? "";
}

/// <summary>The lines at the end of a run.</summary>
internal static class Summaries
{
    /// <summary>What came out of an experiment; null when it was not trained.</summary>
    public static ExperimentSummary? Of(Experiment experiment, Workspace workspace, ITableStore store)
    {
        var root = workspace.Experiment(experiment.Name);
        if (StageRecord.Read(Path.Combine(root, Train.Checkpoints)) is not { } record) { return null; }
        return new ExperimentSummary(experiment.Name, Verdict(record), Accuracies(Results.Scores(root, store)));
    }

    private static string Verdict(StageRecord record)
    {
        var name = (string?)record.Facts["verdict"] ?? "";
        var culture = CultureInfo.InvariantCulture;
        return ((long?)record.Facts["memorization_step"], (long?)record.Facts["generalization_step"]) switch
        {
            ({ } m, { } g) => string.Create(culture, $"{name}: memorized at {m:N0}, generalized at {g:N0}, delay {g - m:N0}"),
            ({ } m, null) => string.Create(
                culture, $"{name}: memorized at {m:N0}, not generalized in {(long?)record.Facts["steps"]:N0} steps"),
            _ => name,
        };
    }

    /// <summary><c>validation 1.000 [0.999, 1.000]  band 0.996 [0.990, 0.998] ← worst</c>.</summary>
    internal static string Accuracies(IReadOnlyList<ScoreRow> scores)
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
}

/// <summary>Looking at what a pipeline file requires of the numbers.</summary>
internal static class Requirements
{
    /// <summary>The requirements that do not hold, one line each.</summary>
    public static IEnumerable<string> Missed(Experiment experiment, Workspace workspace, ITableStore store)
    {
        if (experiment.Options.Evaluate.Require.Length == 0) { yield break; }
        var scores = Results.Scores(workspace.Experiment(experiment.Name), store);
        if (scores.Count == 0) { yield break; }                    // not evaluated; that it failed was told
        foreach (var require in experiment.Options.Evaluate.Require)
        {
            foreach (var (metric, bound) in (IEnumerable<(string, Bound?)>)
                [("accuracy", require.Accuracy), ("loss", require.Loss), ("worst_group_accuracy", require.WorstGroupAccuracy)])
            {
                if (bound is not { } wanted) { continue; }
                var found = scores.FirstOrDefault(score => score.Metric == metric && Is(score, require.Model)
                    && (score.Group == Scorer.AllRows || metric == "worst_group_accuracy")
                    && ExperimentCheck.Is(new(score.Dataset, score.Distribution), require.On, experiment.Options.Data));
                var what = $"{experiment.Name}: {metric} of {require.Model} on {require.On}";
                if (found is null) { yield return $"{what} should be {wanted}, but there is no such number."; }
                else if (!wanted.Holds(found.Value))
                {
                    yield return string.Create(CultureInfo.InvariantCulture, $"{what} is {found.Value:G6}, but should be {wanted}.");
                }
            }
        }
    }

    private static bool Is(ScoreRow score, string model) =>
        score.Mark == model || (
            model.StartsWith("step:", StringComparison.Ordinal) && model[5..] == score.Step.ToString(CultureInfo.InvariantCulture));
}
