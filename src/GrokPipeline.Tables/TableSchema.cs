using System.Collections;
using System.Runtime.CompilerServices;

namespace GrokPipeline.Tables;

/// <summary>The columns of a table in order. Two schemas are equal when their columns are.</summary>
[CollectionBuilder(typeof(TableSchema), nameof(Create))]
public sealed class TableSchema : IEquatable<TableSchema>, IEnumerable<Column>
{
    /// <summary>The widest vector and the largest number of columns that a schema takes.</summary>
    public const int MaximumWidth = 1 << 20;

    private readonly Column[] _columns;
    private readonly Dictionary<string, int> _index = new(StringComparer.OrdinalIgnoreCase);

    private TableSchema(Column[] columns)
    {
        _columns = columns;
        for (var i = 0; i < columns.Length; i++)
        {
            var column = columns[i];
            if (column.Name.Length is 0 or > 128 || column.Name.Any(char.IsControl))
            {
                throw new GrokException($"A column is named '{column.Name}'.", "Use 1 to 128 characters without control characters.");
            }
            if (!_index.TryAdd(column.Name, i))
            {
                throw new GrokException(
                    $"Two columns are named '{column.Name}' (case is not looked at).", "Give each column its own name.");
            }
            if (column.Kind == ColumnKind.Vector ? column.Width is < 1 or > MaximumWidth : column.Width != 1)
            {
                throw new GrokException(
                    $"Column {column.Name} of kind {column.Kind} has the width {column.Width}.",
                    $"Vectors have a width from 1 to {MaximumWidth}; other kinds have the width 1.");
            }
        }
    }

    /// <summary>How many columns there are.</summary>
    public int Count => _columns.Length;

    /// <summary>The column at an index from 0.</summary>
    public Column this[int index] => _columns[index];

    /// <summary>The column of a name.</summary>
    /// <exception cref="GrokException">There is none; the message lists the names.</exception>
    public Column this[string name] => _columns[IndexOf(name)];

    /// <summary>Makes a schema.</summary>
    /// <exception cref="GrokException">A name is empty or given twice, or a width does not fit its kind.</exception>
    public static TableSchema Create(ReadOnlySpan<Column> columns)
    {
        if (columns.Length is 0 or > MaximumWidth)
        {
            throw new GrokException($"A schema of {columns.Length} columns was asked for.", $"Give 1 to {MaximumWidth} columns.");
        }
        return new(columns.ToArray());
    }

    /// <summary>True when a column has this name.</summary>
    public bool Contains(string name) => _index.ContainsKey(name);

    /// <summary>The index of the column of a name.</summary>
    /// <exception cref="GrokException">There is none; the message lists the names.</exception>
    public int IndexOf(string name)
    {
        if (_index.TryGetValue(name, out var index)) { return index; }
        var names = _columns.Select(column => column.Name);
        throw new GrokException(
            $"The table has no column '{name}'.{Spelling.Suggestion(name, names)}", $"Its columns are {string.Join(", ", names)}.");
    }

    /// <inheritdoc/>
    public bool Equals(TableSchema? other) => other is not null && _columns.AsSpan().SequenceEqual(other._columns);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TableSchema);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var column in _columns) { hash.Add(column); }
        return hash.ToHashCode();
    }

    /// <summary><c>(a: Int64, x: Vector[117])</c>.</summary>
    public override string ToString() => $"({string.Join(", ", _columns.Select(column => column.ToString()))})";

    /// <inheritdoc/>
    public IEnumerator<Column> GetEnumerator() => ((IEnumerable<Column>)_columns).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
