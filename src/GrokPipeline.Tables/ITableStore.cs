namespace GrokPipeline.Tables;

/// <summary>
/// Reads and writes tables as Parquet files. What is written is read back exactly: kinds, order, NaN, infinities, −0, null text.
/// </summary>
public interface ITableStore
{
    /// <summary>The store's name in records: <c>duckdb</c>.</summary>
    string Name { get; }

    /// <summary>The version of the library that writes the files.</summary>
    string Version { get; }

    /// <summary>Writes a table; an existing file is replaced. The bytes depend on the table and the store's version only.</summary>
    /// <exception cref="GrokException">The file cannot be written, or the store's library is missing.</exception>
    void Write(string path, Table table);

    /// <summary>Reads a table.</summary>
    /// <exception cref="GrokException">The file is missing, corrupt, or holds columns of no known kind.</exception>
    Table Read(string path);

    /// <summary>
    /// Reads a table piece by piece, in the order of its rows, so that memory does not grow with the file. Integers, truth values and
    /// vectors that are missing somewhere are refused, since the pieces before have another kind.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Names of the columns to read, in this order; null for all.</param>
    /// <param name="rows">Least rows of a piece, at least 1; a piece has few more, the last may have fewer.</param>
    /// <returns>Pieces without metadata; none when the table has no rows. The file is open while they are enumerated.</returns>
    /// <exception cref="GrokException">The file is missing or corrupt, lacks a column or a cell; told on enumeration.</exception>
    IEnumerable<Table> ReadPieces(string path, IReadOnlyCollection<string>? columns, int rows);

    /// <summary>
    /// Begins a table that is written piece by piece, so that memory does not grow with its rows. Nothing stands under the path until
    /// <see cref="ITableWriter.Complete"/>.
    /// </summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="schema">The columns of every piece.</param>
    ITableWriter Create(string path, TableSchema schema);

    /// <summary>Reads what a file says of itself, without its rows.</summary>
    /// <exception cref="GrokException">The file is missing or corrupt.</exception>
    TableHeader ReadHeader(string path);
}

/// <summary>A table on its way into a file. Dispose of it without <see cref="Complete"/> to leave nothing behind.</summary>
public interface ITableWriter : IDisposable
{
    /// <summary>Adds rows.</summary>
    /// <exception cref="GrokException">The columns are others than those of the table, or the disk is full.</exception>
    void Add(Table rows);

    /// <summary>Writes the file. Nothing can be added afterwards.</summary>
    /// <param name="metadata">Keys and values that travel with the table; null for none.</param>
    /// <exception cref="GrokException">The file cannot be written.</exception>
    void Complete(IReadOnlyDictionary<string, string>? metadata = null);
}

/// <summary>What a file of a table says of itself.</summary>
/// <param name="Schema">The columns.</param>
/// <param name="Rows">How many rows there are.</param>
/// <param name="Metadata">The table's metadata.</param>
public sealed record TableHeader(TableSchema Schema, long Rows, IReadOnlyDictionary<string, string> Metadata);
