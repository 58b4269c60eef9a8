using GrokPipeline.Tables;

namespace GrokPipeline.Data.Expressions;

/// <summary>
/// An expression over the number and truth columns of a table, such as <c>(a - b) % 97 &lt; 10</c> or <c>noisy = 1</c>. Arithmetic in
/// double precision, modulo never negative, comparison, and, or, not; nothing else. Truth is 1 or 0.
/// </summary>
public sealed class RowExpression
{
    private readonly Node _node;
    private readonly string[] _columns;
    private readonly string _text;

    private RowExpression(string text, Node node, string[] columns) => (_text, _node, _columns) = (text, node, columns);

    /// <summary>True when it says yes or no of a row, false when it gives a number.</summary>
    public bool GivesTruth => _node.Kind == ResultKind.Truth;

    /// <summary>Reads an expression over the columns of a schema that hold one number each.</summary>
    /// <exception cref="GrokException">It cannot be read; the message has the position and what is expected there.</exception>
    public static RowExpression Parse(string text, TableSchema schema)
    {
        var columns = schema.Where(column =>
                column.Kind is ColumnKind.Int64 or ColumnKind.Float32 or ColumnKind.Float64 or ColumnKind.Bool)
            .Select(column => column.Name).ToArray();
        var variables = columns.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);
        return new(text, ExpressionParser.Parse(text, variables, products: false), columns);
    }

    /// <summary>For each row whether it holds.</summary>
    /// <exception cref="GrokException">It gives numbers.</exception>
    public bool[] Holds(Table table)
    {
        if (!GivesTruth)
        {
            throw new GrokException($"'{_text}' gives a number.", "Give a comparison, for instance c < 10.");
        }
        return Array.ConvertAll(Values(table), value => value != 0);
    }

    /// <summary>For each row its number; may be NaN or infinite.</summary>
    /// <exception cref="GrokException">It gives true or false.</exception>
    public double[] Numbers(Table table)
    {
        if (GivesTruth)
        {
            throw new GrokException($"'{_text}' gives true or false.", "Give a number, for instance 1 / (1 + c).");
        }
        return Values(table);
    }

    private double[] Values(Table table)
    {
        var cells = Array.ConvertAll(_columns, column => Cells(table, column));
        var (values, variables) = (new double[table.Rows], new double[_columns.Length]);
        for (var row = 0; row < values.Length; row++)
        {
            for (var i = 0; i < variables.Length; i++) { variables[i] = cells[i][row]; }
            values[row] = _node.Evaluate(variables);
        }
        return values;
    }

    private static double[] Cells(Table table, string column) => table.Schema[column].Kind switch
    {
        ColumnKind.Int64 => Array.ConvertAll(table.Int64(column).ToArray(), value => (double)value),
        ColumnKind.Float32 => Array.ConvertAll(table.Float32(column).ToArray(), value => (double)value),
        ColumnKind.Bool => Array.ConvertAll(table.Bool(column).ToArray(), value => value ? 1.0 : 0.0),
        _ => table.Float64(column).ToArray(),
    };
}
