using System.Globalization;

namespace GrokPipeline.Tables.DuckDb;

/// <summary>Turns a result into a table.</summary>
internal static unsafe class ResultReader
{
    /// <summary>True when every column can be read without a cast.</summary>
    internal static bool CanRead(DuckDbResult result, bool vectors) => Readers(result, vectors).All(reader => reader is not null);

    /// <summary>For each column its name, and the type that it must be cast to; null for none.</summary>
    internal static List<(string Name, string? Cast)> Columns(DuckDbResult result, bool vectors)
    {
        var columns = new List<(string, string?)>();
        for (var column = 0; column < (int)NativeMethods.duckdb_column_count(result.Native); column++)
        {
            var type = NativeMethods.duckdb_column_logical_type(result.Native, (ulong)column);
            columns.Add((NameOf(result, column), ColumnReader.CastOf(type, vectors)));
            NativeMethods.duckdb_destroy_logical_type(ref type);
        }
        return columns;
    }

    /// <summary>Reads all rows.</summary>
    /// <param name="result">A result that <see cref="CanRead"/>.</param>
    /// <param name="vectors">True when lists of float are vectors of one width; false when they were cast.</param>
    /// <param name="mostRows">More rows than this are refused.</param>
    /// <exception cref="DuckDbException">A vector has another width than the others, or there are too many rows.</exception>
    internal static Table Read(DuckDbResult result, bool vectors, int mostRows)
    {
        // CanRead: no reader is null.
        var (readers, rows) = (Readers(result, vectors).ConvertAll(reader => reader!), 0);
        while (NativeMethods.duckdb_fetch_chunk(*result.Native) is var chunk && chunk != 0)
        {
            try
            {
                var count = (int)NativeMethods.duckdb_data_chunk_get_size(chunk);
                if (count > mostRows - rows) { throw new DuckDbException($"there are more than {mostRows} rows"); }
                for (var column = 0; column < readers.Count; column++)
                {
                    readers[column].Append(NativeMethods.duckdb_data_chunk_get_vector(chunk, (ulong)column), count);
                }
                rows += count;
            }
            finally
            {
                NativeMethods.duckdb_destroy_data_chunk(ref chunk);
            }
        }
        var names = UniqueNames(result, readers.Count);
        return Table.Of([.. readers.Select((reader, column) => reader.Finish(names[column]))]);
    }

    /// <summary>The next rows of a streaming result; null when there are none left.</summary>
    /// <param name="result">A result that <see cref="CanRead"/>.</param>
    /// <param name="columns">The columns as they are expected.</param>
    /// <param name="rows">Least rows; fewer are the last, and the result must not be asked again.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="firstRow">The number of the next row in the file, for messages.</param>
    /// <exception cref="DuckDbException">A vector has another width, or the file turns out to be broken.</exception>
    /// <exception cref="GrokException">A cell has no value.</exception>
    internal static Table? Next(DuckDbResult result, TableSchema columns, int rows, string path, long firstRow)
    {
        var (readers, count) = (Readers(result, vectors: true).ConvertAll(reader => reader!), 0);   // CanRead: no reader is null
        while (count < rows)
        {
            var chunk = NativeMethods.duckdb_fetch_chunk(*result.Native);
            if (chunk == 0)
            {
                var error = NativeMethods.duckdb_result_error(result.Native);
                if (error != null) { throw new DuckDbException(DuckDbSession.TextOf(error)); }
                break;
            }
            try
            {
                var size = (int)NativeMethods.duckdb_data_chunk_get_size(chunk);
                for (var column = 0; column < readers.Count; column++)
                {
                    try { readers[column].Append(NativeMethods.duckdb_data_chunk_get_vector(chunk, (ulong)column), size); }
                    catch (MissingCellException missing)
                    {
                        throw Missing(missing.What, columns[column], path, firstRow + missing.Row);
                    }
                }
                count += size;
            }
            finally
            {
                NativeMethods.duckdb_destroy_data_chunk(ref chunk);
            }
        }
        return count == 0
            ? null
            : Table.Of([.. readers.Select((reader, column) => Expected(reader, columns[column], path, firstRow))]);
    }

    private static ColumnValues Expected(ColumnReader reader, Column told, string path, long firstRow)
    {
        if (reader.FirstNull is { } row && told.Kind is (ColumnKind.Int64 or ColumnKind.Bool))
        {
            throw Missing("value", told, path, firstRow + row);
        }
        return Expected(reader.Finish(told.Name), told);
    }

    private static GrokException Missing(string what, Column column, string path, long row) => new(
        string.Create(CultureInfo.InvariantCulture, $"column '{column.Name}' has no {what} in row {row}; all cells must be given."),
        "Leave out or fill such rows.", path);

    private static ColumnValues Expected(ColumnValues found, Column told) =>
        found.Column.Kind != told.Kind
            ? throw new DuckDbException($"column {told} has a cell that is missing or does not fit its kind")
            : found.Column.Width != told.Width && told.Width > 1               // 1: a file of others does not say it
                ? throw new DuckDbException($"column {told} has vectors of {found.Column.Width} elements")
                : new ColumnValues(told with { Width = found.Column.Width }, found.Values);

    private static List<ColumnReader?> Readers(DuckDbResult result, bool vectors)
    {
        var readers = new List<ColumnReader?>();
        for (var column = 0UL; column < NativeMethods.duckdb_column_count(result.Native); column++)
        {
            var type = NativeMethods.duckdb_column_logical_type(result.Native, column);
            readers.Add(ColumnReader.Of(type, vectors));
            NativeMethods.duckdb_destroy_logical_type(ref type);
        }
        return readers;
    }

    private static string NameOf(DuckDbResult result, int column) =>
        DuckDbSession.TextOf(NativeMethods.duckdb_column_name(result.Native, (ulong)column));

    // A query may name two columns alike, or one by a long expression.
    private static List<string> UniqueNames(DuckDbResult result, int count)
    {
        var names = new List<string>();
        for (var column = 0; column < count; column++)
        {
            var name = new string([.. NameOf(result, column).Where(c => !char.IsControl(c)).Take(100)]);
            var unique = name.Length == 0 ? $"column{column}" : name;
            for (var i = 1; names.Contains(unique, StringComparer.OrdinalIgnoreCase); i++) { unique = $"{name}_{i}"; }
            names.Add(unique);
        }
        return names;
    }
}
