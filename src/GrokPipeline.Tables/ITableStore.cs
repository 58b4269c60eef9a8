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

    /// <summary>Reads what a file says of itself, without its rows.</summary>
    /// <exception cref="GrokException">The file is missing or corrupt.</exception>
    TableHeader ReadHeader(string path);
}

/// <summary>What a file of a table says of itself.</summary>
/// <param name="Schema">The columns.</param>
/// <param name="Rows">How many rows there are.</param>
/// <param name="Metadata">The table's metadata.</param>
public sealed record TableHeader(TableSchema Schema, long Rows, IReadOnlyDictionary<string, string> Metadata);
