using GrokPipeline.Data;
using GrokPipeline.Evaluation;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Evaluations;

/// <summary>What a model said about each row, as a table.</summary>
internal static class PredictionRows
{
    private static readonly string[] _own = ["row", "predicted", "probability", "loss", "margin"];

    /// <summary>The columns for rows of a schema: the row's number, its integers (operands, label, group), then what the model said.</summary>
    /// <param name="rows">The columns that are read.</param>
    /// <param name="facts">What they mean.</param>
    public static TableSchema Schema(TableSchema rows, DatasetFacts facts) =>
    [
        new("row", ColumnKind.Int64) { Description = "Number of the row in its file, from 0." },
        .. Kept(rows).Where(column => column.Name != facts.Target),
        new("target", ColumnKind.Int64) { Description = "The right class." },
        new("predicted", ColumnKind.Int64) { Description = "Class of the largest logit; -1 when a logit is not a number." },
        new("probability", ColumnKind.Float64) { Description = "Probability of the right class." },
        new("loss", ColumnKind.Float64) { Description = "Negative log-likelihood of the right class, in nats." },
        new("margin", ColumnKind.Float64) { Description = "Logit of the right class minus the largest other." },
    ];

    /// <summary>The rows of a piece.</summary>
    public static Table Of(Table piece, DatasetFacts facts, Predictions predictions, long first)
    {
        var rows = new long[piece.Rows];
        for (var i = 0; i < rows.Length; i++) { rows[i] = first + i; }
        return Table.Of(
        [
            ColumnValues.Of("row", rows),
            .. Kept(piece.Schema).Where(column => column.Name != facts.Target)
                .Select(column => ColumnValues.Of(column.Name, piece.Int64(column.Name).ToArray())),
            ColumnValues.Of("target", predictions.Targets),
            ColumnValues.Of("predicted", Array.ConvertAll(predictions.Predicted, value => (long)value)),
            ColumnValues.Of("probability", Array.ConvertAll(predictions.Loss, loss => Math.Exp(-loss))),
            ColumnValues.Of("loss", predictions.Loss),
            ColumnValues.Of("margin", predictions.Margin),
        ]);
    }

    // A column of the data that is named like one of ours would stand twice.
    private static IEnumerable<Column> Kept(TableSchema rows) => rows.Where(column =>
        column.Kind == ColumnKind.Int64 && column.Name != "target" && !_own.Contains(column.Name, StringComparer.OrdinalIgnoreCase));
}
