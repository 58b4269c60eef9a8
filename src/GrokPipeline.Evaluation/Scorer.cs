using GrokPipeline.Evaluation.Statistics;
using GrokPipeline.Tables;

namespace GrokPipeline.Evaluation;

/// <summary>One number about a model on a distribution or on a group of its rows.</summary>
/// <param name="Group"><c>all</c>, or the group's value as <c>subclass=3</c>.</param>
/// <param name="Metric">The metric's name; <c>worst_group_accuracy</c> and <c>mean_group_accuracy</c> besides those of <see cref="Evaluation.Metric.All"/>.</param>
/// <param name="Value">The number and its interval; NaN ends where there is none.</param>
/// <param name="Rows">Rows that it was computed from.</param>
/// <param name="Correct">Rows predicted right, out of <paramref name="Rows"/>.</param>
public sealed record Score(string Group, string Metric, Interval Value, int Rows, long Correct);

/// <summary>From predictions to numbers: over all rows, and per group with the worst one.</summary>
public static class Scorer
{
    /// <summary>The name of the group of all rows.</summary>
    public const string AllRows = "all";

    /// <summary>All metrics over all rows; with a group column also accuracy and loss per group, the worst group and the mean over groups.</summary>
    /// <param name="predictions">One per row of <paramref name="table"/>; at least one row.</param>
    /// <param name="table">The rows, for the group column.</param>
    /// <param name="groupColumn">An integer column, or null. A group without rows does not appear: it is neither best nor worst.</param>
    /// <param name="options">Metrics, bins, intervals.</param>
    /// <param name="seed">Of the bootstrap.</param>
    public static IReadOnlyList<Score> Score(
        Predictions predictions, Table table, string? groupColumn, EvaluationOptions options, Seed seed)
    {
        var everything = Enumerable.Range(0, predictions.Rows).ToArray();
        var scores = options.Metrics.Select(name => Of(AllRows, Metric.All[name], predictions, everything, options, seed)).ToList();
        if (groupColumn is null) { return scores; }
        var values = table.Int64(groupColumn).ToArray();
        var accuracies = new List<Score>();
        foreach (var group in everything.GroupBy(row => values[row]).OrderBy(group => group.Key))
        {
            var rows = group.ToArray();
            var name = $"{groupColumn}={group.Key}";
            accuracies.Add(Of(name, Metric.All["accuracy"], predictions, rows, options, seed));
            scores.Add(accuracies[^1]);
            scores.Add(Of(name, Metric.All["loss"], predictions, rows, options with { Interval = options.Interval with { Resamples = 0 } }, seed));
        }
        var worst = accuracies.MinBy(score => score.Value.Value)!;
        scores.Add(worst with { Metric = "worst_group_accuracy" });
        var mean = accuracies.Average(score => score.Value.Value);
        scores.Add(new(AllRows, "mean_group_accuracy", new(mean, double.NaN, double.NaN), predictions.Rows, accuracies.Sum(s => s.Correct)));
        return scores;
    }

    private static Score Of(string group, Metric metric, Predictions predictions, int[] rows, EvaluationOptions options, Seed seed)
    {
        var correct = Metric.Correct(predictions, rows);
        var interval = metric.IsRate
            ? Wilson.Of(correct, rows.Length, options.Interval.Level)
            : Bootstrap.Of(
                rows, resample => metric.Compute(predictions, resample, options), options.Interval.Resamples,
                options.Interval.Level, seed.Derive($"bootstrap/{group}/{metric.Name}"));
        return new(group, metric.Name, interval, rows.Length, correct);
    }
}
