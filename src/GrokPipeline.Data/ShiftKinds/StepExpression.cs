using GrokPipeline.Data.Expressions;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Reads the expressions of steps, which may ask for columns that a step before adds.</summary>
internal static class StepExpression
{
    // Not the dataset's own; here so that they can be named before there is a row.
    private static readonly Column[] s_added =
    [
        new(Relabelled.Clean, ColumnKind.Int64, 1), new(Relabelled.Noisy, ColumnKind.Bool, 1),
    ];

    /// <summary>What is wrong with a condition, as far as it is known before a row is made.</summary>
    internal static IEnumerable<OptionProblem> Problems(string option, string where, Dataset dataset)
    {
        if (string.IsNullOrWhiteSpace(where) || dataset is not ListedDataset listed) { yield break; }
        var schema = TableSchema.Create(
            [.. listed.All.Schema, .. s_added.Where(column => !listed.All.Schema.Contains(column.Name))]);
        var problem = Problem.Of(() => RowExpression.Parse(where, schema), out var expression);
        if (problem is not null) { yield return new(option, problem); }
        else if (!expression!.GivesTruth) { yield return new(option, $"'{where}' gives a number; give a comparison, for instance c < 10."); }
    }

    /// <summary>For each row whether it holds.</summary>
    /// <exception cref="GrokException">It holds for no row.</exception>
    internal static bool[] Holds(string where, Table rows)
    {
        var holds = RowExpression.Parse(where, rows.Schema).Holds(rows);
        return holds.Contains(true) ? holds : throw new GrokException($"No row has {where}.", "Name at least one.");
    }
}
