using System.Collections.Immutable;
using GrokPipeline.Reports;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Reporting;

/// <summary>The tables beside the scores, as a report says them. A table that is not there says nothing.</summary>
internal static class EvaluationTables
{
    /// <summary>Scores of checkpoints: a curve for each distribution and metric.</summary>
    public static ImmutableArray<ReportCurve> Trajectory(string root, ITableStore store)
    {
        if (Read(root, RunLayout.Trajectory, store) is not { } table) { return []; }
        var (steps, values) = (table.Int64("step").ToArray(), table.Float64("value").ToArray());
        var (names, metrics) = (table.Text("distribution"), table.Text("metric"));
        return
        [
            .. Enumerable.Range(0, table.Rows).GroupBy(i => (Name: names[i] ?? "", Metric: metrics[i] ?? ""))
                .Select(group => new ReportCurve(
                group.Key.Name, group.Key.Metric, [.. group.Select(i => steps[i])], [.. group.Select(i => values[i])])),
        ];
    }

    /// <summary>From where on each distribution is generalized to.</summary>
    public static ImmutableArray<ReportOnset> Generalization(string root, ITableStore store)
    {
        if (Read(root, RunLayout.Generalization, store) is not { } table) { return []; }
        var (steps, after) = (table.Float64("step").ToArray(), table.Float64("after").ToArray());
        var (best, last) = (table.Float64("best").ToArray(), table.Float64("last").ToArray());
        var (accuracy, count) = (table.Float64("accuracy").ToArray(), table.Int64("for_checkpoints").ToArray());
        return
        [
            .. table.Text("distribution").Select((name, i) => new ReportOnset(
                name ?? "", Step(steps[i]), Step(after[i]), best[i], last[i], accuracy[i], count[i])),
        ];
    }

    /// <summary>How far each distribution is from train.</summary>
    public static ImmutableArray<ReportShift> Shifts(string root, ITableStore store)
    {
        if (Read(root, RunLayout.Shifts, store) is not { } table) { return []; }
        var (values, lows, highs) = (table.Float64("value").ToArray(), table.Float64("low").ToArray(), table.Float64("high").ToArray());
        var (chances, rows) = (table.Float64("p_value").ToArray(), table.Int64("rows").ToArray());
        var trainRows = table.Int64("train_rows").ToArray();
        var (on, measures) = (table.Text("on"), table.Text("measure"));
        return
        [
            .. table.Text("distribution").Select((name, i) => new ReportShift(
                name ?? "", on[i] ?? "", measures[i] ?? "", values[i], lows[i], highs[i], chances[i], rows[i], trainRows[i])),
        ];
    }

    private static Table? Read(string root, string name, ITableStore store)
    {
        var path = Path.Combine(root, RunLayout.Evaluation, name);
        return File.Exists(path) ? store.Read(path) : null;
    }

    private static long? Step(double step) => double.IsNaN(step) ? null : (long)step;
}
