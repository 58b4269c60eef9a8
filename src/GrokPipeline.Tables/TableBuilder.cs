namespace GrokPipeline.Tables;

/// <summary>
/// Makes a table row by row: <c>new TableBuilder(schema).Add("adam", 20, "train", 0.5).ToTable()</c>. For whole columns use
/// <see cref="Table.Of"/>.
/// </summary>
public sealed class TableBuilder
{
    private readonly TableSchema _schema;
    private readonly System.Collections.IList[] _columns;
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    /// <summary>Starts an empty table.</summary>
    public TableBuilder(TableSchema schema)
    {
        _schema = schema;
        _columns = [.. schema.Select(column => (System.Collections.IList)(column.Kind switch
        {
            ColumnKind.Int64 => new List<long>(),
            ColumnKind.Float64 => new List<double>(),
            ColumnKind.Text => new List<string?>(),
            ColumnKind.Bool => new List<bool>(),
            _ => new List<float>(),
        }))];
    }

    /// <summary>Rows added so far.</summary>
    public int Rows { get; private set; }

    /// <summary>Adds a row: one cell per column, in order.</summary>
    /// <exception cref="GrokException">The number of cells differs from that of the columns, or a cell is of another kind.</exception>
    public TableBuilder Add(params ReadOnlySpan<Cell> cells)
    {
        if (cells.Length != _schema.Count)
        {
            throw new GrokException($"A row of {cells.Length} cells was added to a table of {_schema.Count} columns.", $"Give {_schema}.");
        }
        for (var i = 0; i < cells.Length; i++) { Check(cells[i], _schema[i]); }   // before the first is added: all or nothing
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i].Is(_schema[i].Kind, out var integer, out var number, out var value);
            switch (_columns[i])
            {
                case List<long> list: list.Add(integer); break;
                case List<double> list: list.Add(number); break;
                case List<string?> list: list.Add((string?)value); break;
                case List<bool> list: list.Add(integer != 0); break;
                case List<float> list when value is float[] vector: list.AddRange(vector); break;
                case List<float> list: list.Add((float)number); break;
            }
        }
        Rows++;
        return this;
    }

    /// <summary>Adds a key and its value to the table's metadata, or replaces the value.</summary>
    public TableBuilder WithMetadata(string key, string value)
    {
        _metadata[key] = value;
        return this;
    }

    /// <summary>The table of the rows added so far; more may be added afterwards.</summary>
    public Table ToTable()
    {
        var columns = _schema.Zip(_columns, (column, list) => new ColumnValues(column, list switch
        {
            List<long> values => values.ToArray(),
            List<double> values => values.ToArray(),
            List<string?> values => values.ToArray(),
            List<bool> values => values.ToArray(),
            _ => ((List<float>)list).ToArray(),
        }));
        return Table.Of([.. columns]).WithMetadata(_metadata);
    }

    private static void Check(Cell cell, Column column)
    {
        if (!cell.Is(column.Kind, out _, out _, out var value))
        {
            throw new GrokException($"A cell of kind {cell} was added to column {column}.", "Give a value of the column's kind.");
        }
        if (column.Kind == ColumnKind.Vector && (value as float[])?.Length != column.Width)
        {
            throw new GrokException(
                $"A vector of {(value as float[])?.Length ?? 0} elements was added to column {column}.", $"Give {column.Width} elements.");
        }
    }
}
