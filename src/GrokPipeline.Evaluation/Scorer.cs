using GrokPipeline.Evaluation.Statistics;
using GrokPipeline.Tables;

namespace GrokPipeline.Evaluation;

/// <summary>One number about a model on a distribution or on a group of its rows.</summary>
/// <param name="Group"><c>all</c>, or the group's value as <c>subclass=3</c>; <c>class=3</c> for the rows of a class;
/// <c>position=0</c> for the first token of answers of several.</param>
/// <param name="Metric">
/// The metric's name; <c>worst_group_accuracy</c>, <c>mean_group_accuracy</c> and gaps besides <see cref="Evaluation.Metric.All"/>.
/// </param>
/// <param name="Value">The number and its interval; NaN ends where there is none.</param>
/// <param name="Rows">Rows that it was computed from.</param>
/// <param name="Correct">Rows predicted right, out of <paramref name="Rows"/>.</param>
/// <param name="Note">Why the number is NaN, or what it leaves out; usually empty.</param>
public sealed record Score(string Group, string Metric, Interval Value, long Rows, long Correct, string Note = "");

/// <summary>From the predictions of a whole table to numbers.</summary>
public static class Scorer
{
    /// <summary>The name of the group of all rows.</summary>
    public const string AllRows = "all";

    /// <summary>All metrics over all rows; with a group column also accuracy and loss per group, the worst group and the mean over groups.</summary>
    /// <param name="predictions">One per row of <paramref name="table"/>; at least one row.</param>
    /// <param name="table">The rows, for the group column.</param>
    /// <param name="groupColumn">An integer or truth column, or null. A group without rows does not appear: it is neither best nor worst.</param>
    /// <param name="options">Metrics, bins, intervals.</param>
    /// <param name="seed">Of the bootstrap.</param>
    /// <param name="trainShares">Each group's share of the rows of train; null when not known.</param>
    public static IReadOnlyList<Score> Score(
        Predictions predictions, Table table, string? groupColumn, EvaluationOptions options, Seed seed,
        IReadOnlyDictionary<long, double>? trainShares = null)
    {
        var accumulator = new ScoreAccumulator(predictions.Classes, options, seed, groupColumn, trainShares);
        accumulator.Add(predictions, groupColumn is null ? [] : table.Groups(groupColumn));
        return accumulator.Finish();
    }

    /// <summary>
    /// Gaps between a distribution and a shifted one: <c>accuracy_gap</c> and <c>loss_gap</c>, each that of the first minus that of the
    /// second, with an interval from those of both. A positive gap of accuracy says that the shifted one is harder.
    /// </summary>
    /// <param name="within">Scores on the distribution that is the yardstick, usually validation.</param>
    /// <param name="shifted">Scores of the same model on another one.</param>
    public static IEnumerable<Score> Gaps(IReadOnlyList<Score> within, IReadOnlyList<Score> shifted)
    {
        foreach (var metric in (string[])["accuracy", "loss"])
        {
            var (a, b) = (Of(within, metric), Of(shifted, metric));
            if (a is not null && b is not null)
            {
                yield return new(AllRows, $"{metric}_gap", Combined.Difference(a.Value, b.Value), b.Rows, b.Correct);
            }
        }
    }

    /// <summary>The score of all rows by a metric, or that of the worst group; null when there is none.</summary>
    public static Score? Of(IEnumerable<Score> scores, string metric) => scores.FirstOrDefault(
        score => score.Metric == metric && (score.Group == AllRows || metric == Evaluation.Metric.WorstGroup));
}
