using System.Globalization;
using GrokPipeline.Data;
using GrokPipeline.Evaluation;
using GrokPipeline.Tables;

namespace GrokPipeline.Runs.Scoring;

/// <summary>What a model said about each row, as a table.</summary>
internal static class PredictionRows
{
    /// <summary>The columns of what a model said. With the number of the row it can be joined to the row's own columns.</summary>
    public static TableSchema Own { get; } =
    [
        new("row", ColumnKind.Int64) { Description = "Number of the row in its file, from 0." },
        new("target", ColumnKind.Int64) { Description = "The right class." },
        new("predicted", ColumnKind.Int64) { Description = "Class of the largest logit; -1 when a logit is not a number." },
        new("probability", ColumnKind.Float64) { Description = "Probability of the right class." },
        new("loss", ColumnKind.Float64) { Description = "Negative log-likelihood of the right class, in nats." },
        new("margin", ColumnKind.Float64) { Description = "Logit of the right class minus the largest other." },
    ];

    /// <summary>
    /// The columns of what a model said. With answers of several tokens there are <c>target_0</c>, <c>target_1</c>, …, <c>predicted_0</c>, …
    /// instead of <c>target</c> and <c>predicted</c>; the probability is that of the whole answer.
    /// </summary>
    /// <param name="facts">What the rows are.</param>
    public static TableSchema OwnFor(DatasetFacts facts) => facts.AnswerLength == 1 ? Own :
    [
        Own[0], .. OfTokens(Own["target"], facts.AnswerLength), .. OfTokens(Own["predicted"], facts.AnswerLength), .. Own.Skip(3),
    ];

    /// <summary>The columns for rows of a schema: what the model said, then the row's integers: operands, group.</summary>
    /// <param name="rows">The columns that are read.</param>
    /// <param name="facts">What they mean.</param>
    public static TableSchema Schema(TableSchema rows, DatasetFacts facts) => [.. OwnFor(facts), .. Kept(rows, facts)];

    /// <summary>What the model said about some rows.</summary>
    /// <param name="predictions">Its predictions.</param>
    /// <param name="first">The number of the first row.</param>
    public static IEnumerable<ColumnValues> OwnOf(Predictions predictions, long first)
    {
        var rows = new long[predictions.Rows];
        for (var i = 0; i < rows.Length; i++) { rows[i] = first + i; }
        return
        [
            ColumnValues.Of("row", rows),
            .. Tokens("target", predictions.Targets, predictions.AnswerLength),
            .. Tokens("predicted", Array.ConvertAll(predictions.Predicted, value => (long)value), predictions.AnswerLength),
            ColumnValues.Of("probability", Array.ConvertAll(predictions.Loss, loss => Math.Exp(-loss * predictions.AnswerLength))),
            ColumnValues.Of("loss", predictions.Loss),
            ColumnValues.Of("margin", predictions.Margin),
        ];
    }

    /// <summary>The rows of a piece.</summary>
    public static Table Of(Table piece, DatasetFacts facts, Predictions predictions, long first) => Table.Of(
    [
        .. OwnOf(predictions, first),
        .. Kept(piece.Schema, facts).Select(column => ColumnValues.Of(column.Name, piece.Int64(column.Name).ToArray())),
    ]);

    private static IEnumerable<Column> OfTokens(Column column, int length) =>
        Enumerable.Range(0, length).Select(at => column with { Name = NameOf(column.Name, at) });

    private static IEnumerable<ColumnValues> Tokens(string name, long[] all, int length) => length == 1
        ? [ColumnValues.Of(name, all)]
        : Enumerable.Range(0, length).Select(at => ColumnValues.Of(
            NameOf(name, at), [.. Enumerable.Range(0, all.Length / length).Select(row => all[(row * length) + at])]));

    private static string NameOf(string name, int at) => string.Create(CultureInfo.InvariantCulture, $"{name}_{at}");

    // The label stands under "target"; a column that is named like one of ours would stand twice.
    private static IEnumerable<Column> Kept(TableSchema rows, DatasetFacts facts) =>
        rows.Where(column =>
            column.Kind == ColumnKind.Int64 && !facts.AnswerColumns.Contains(column.Name) && !OwnFor(facts).Contains(column.Name));
}
