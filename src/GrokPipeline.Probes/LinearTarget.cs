using GrokPipeline.Data.Expressions;
using GrokPipeline.Tables;

namespace GrokPipeline.Probes;

/// <summary>The classes that a linear probe predicts: the values of a column or an expression, in ascending order 0, 1, ….</summary>
internal static class LinearTarget
{
    private const int MostClasses = 4096;

    /// <summary>The class of each row.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="target">A column's name, or an expression over columns.</param>
    /// <param name="classes">How many different values there are.</param>
    /// <exception cref="GrokException">
    /// There is no such column, the expression cannot be read or gives numbers that are not whole, or there are too few rows or values, or
    /// too many values.
    /// </exception>
    public static int[] Of(Table rows, string target, out int classes)
    {
        var values = Values(rows, target);
        var distinct = values.Distinct().Order().ToArray();
        if (values.Length < 10 || distinct.Length < 2)
        {
            throw new GrokException(
                $"The linear probe has {values.Length} rows with {distinct.Length} different values of '{target}'.",
                "Give at least 10 rows and 2 values.");
        }
        if (distinct.Length > MostClasses)
        {
            throw new GrokException(
                $"The linear probe's target '{target}' has {distinct.Length} different values; {MostClasses} are the most.",
                "Choose a column that names classes, such as the label.");
        }
        classes = distinct.Length;
        return [.. values.Select(value => Array.BinarySearch(distinct, value))];
    }

    private static long[] Values(Table rows, string target)
    {
        if (rows.Schema.Contains(target) && rows.Schema[target].Kind == ColumnKind.Int64) { return rows.Int64(target).ToArray(); }
        var columns = rows.Schema.Where(column => column.Kind == ColumnKind.Int64).Select(column => column.Name).ToArray();
        if (target.All(letter => char.IsLetterOrDigit(letter) || letter == '_'))
        {
            throw new GrokException(
                $"The linear probe's target '{target}' is no integer column.{Spelling.Suggestion(target, columns)}",
                $"Use one of: {string.Join(", ", columns)}, or an expression over them such as {columns.FirstOrDefault() ?? "c"} % 2.");
        }
        var expression = RowExpression.Parse(target, rows.Schema);
        if (expression.GivesTruth) { return Array.ConvertAll(expression.Holds(rows), holds => holds ? 1L : 0L); }
        var numbers = expression.Numbers(rows);
        // NaN differs from itself, and infinity is beyond the bound.
        var row = Array.FindIndex(numbers, number => number != Math.Floor(number) || Math.Abs(number) > 1e15);
        return row < 0 ? Array.ConvertAll(numbers, number => (long)number) : throw new GrokException(
            $"The linear probe's target '{target}' is {numbers[row]} for a row, which names no class.",
            "Give an expression of whole numbers, or a comparison.");
    }
}
