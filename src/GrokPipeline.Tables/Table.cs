using System.Collections.Frozen;

namespace GrokPipeline.Tables;

/// <summary>
/// Rows of typed columns in memory, with free text metadata. It does not change: <c>With…</c> and <see cref="Select"/> give new ones,
/// which share the columns that stay the same.
/// </summary>
public sealed class Table
{
    private readonly ColumnValues[] _columns;

    private Table(ColumnValues[] columns, IReadOnlyDictionary<string, string> metadata)
    {
        _columns = columns;
        Schema = TableSchema.Create([.. columns.Select(column => column.Column)]);
        Metadata = metadata;
        Rows = columns[0].Rows;
        foreach (var column in columns)
        {
            if (column.Rows != Rows)
            {
                throw new GrokException(
                    $"Column {column.Column.Name} has {column.Rows} rows, column {columns[0].Column.Name} has {Rows}.",
                    "Give every column the same number of rows.");
            }
        }
    }

    /// <summary>The columns in order.</summary>
    public TableSchema Schema { get; }

    /// <summary>How many rows there are; may be 0.</summary>
    public int Rows { get; }

    /// <summary>Keys and values that travel with the table: generator, options, seed. Not part of its content hash.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>A table of these columns, without metadata.</summary>
    /// <exception cref="GrokException">No column, two of one name, or different numbers of rows.</exception>
    public static Table Of(params ReadOnlySpan<ColumnValues> columns) =>
        new(columns.ToArray(), FrozenDictionary<string, string>.Empty);

    /// <summary>The cells of an integer column.</summary>
    /// <exception cref="GrokException">There is no such column, or it is of another kind.</exception>
    public ReadOnlySpan<long> Int64(string column) => (long[])Values(column, ColumnKind.Int64);

    /// <summary>The cells of a single-precision column.</summary>
    /// <exception cref="GrokException">There is no such column, or it is of another kind.</exception>
    public ReadOnlySpan<float> Float32(string column) => (float[])Values(column, ColumnKind.Float32);

    /// <summary>The cells of a double-precision column.</summary>
    /// <exception cref="GrokException">There is no such column, or it is of another kind.</exception>
    public ReadOnlySpan<double> Float64(string column) => (double[])Values(column, ColumnKind.Float64);

    /// <summary>The cells of a text column.</summary>
    /// <exception cref="GrokException">There is no such column, or it is of another kind.</exception>
    public IReadOnlyList<string?> Text(string column) => (string?[])Values(column, ColumnKind.Text);

    /// <summary>The cells of a truth column.</summary>
    /// <exception cref="GrokException">There is no such column, or it is of another kind.</exception>
    public ReadOnlySpan<bool> Bool(string column) => (bool[])Values(column, ColumnKind.Bool);

    /// <summary>The numbers of the groups that a column makes: the cells of an integer column; of a truth column 0 and 1.</summary>
    /// <exception cref="GrokException">There is no such column, or it is of another kind.</exception>
    public ReadOnlySpan<long> Groups(string column) => Schema[column].Kind == ColumnKind.Bool
        ? Array.ConvertAll((bool[])Values(column, ColumnKind.Bool), cell => cell ? 1L : 0L)
        : Int64(column);

    /// <summary>The cells of a vector column: row-major, shape [rows, width].</summary>
    /// <exception cref="GrokException">There is no such column, or it is of another kind.</exception>
    public ReadOnlySpan<float> Vector(string column) => (float[])Values(column, ColumnKind.Vector);

    /// <summary>The rows at these indices, in their order; an index may come twice.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is not from 0 to <see cref="Rows"/> − 1.</exception>
    public Table Select(ReadOnlySpan<int> rows)
    {
        foreach (var row in rows)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        }
        var columns = new ColumnValues[_columns.Length];
        for (var i = 0; i < columns.Length; i++) { columns[i] = _columns[i].Select(rows); }
        return new(columns, Metadata);
    }

    /// <summary>The same rows with other columns: one of a name that exists is replaced in its place, others come last.</summary>
    public Table With(params ReadOnlySpan<ColumnValues> columns)
    {
        var all = _columns.ToList();
        foreach (var column in columns)
        {
            var at = all.FindIndex(other => string.Equals(other.Column.Name, column.Column.Name, StringComparison.OrdinalIgnoreCase));
            if (at < 0) { all.Add(column); }
            else { all[at] = column; }
        }
        return new([.. all], Metadata);
    }

    /// <summary>The same rows with this metadata instead of the present one.</summary>
    public Table WithMetadata(IEnumerable<KeyValuePair<string, string>> metadata) =>
        new(_columns, metadata.ToFrozenDictionary(StringComparer.Ordinal));

    /// <summary><c>Table(a: Int64, b: Int64)[9409]</c>.</summary>
    public override string ToString() => $"Table{Schema}[{Rows}]";

    internal Array Values(int column) => _columns[column].Values;

    private Array Values(string name, ColumnKind kind)
    {
        var index = Schema.IndexOf(name);
        if (Schema[index].Kind == kind) { return _columns[index].Values; }
        throw new GrokException($"Column {Schema[index]} was read as {kind}.", "Read it with its own kind.");
    }
}
