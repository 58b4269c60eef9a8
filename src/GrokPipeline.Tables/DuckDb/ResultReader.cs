namespace GrokPipeline.Tables.DuckDb;

/// <summary>Turns a result into a table.</summary>
internal static unsafe class ResultReader
{
    /// <summary>True when every column can be read without a cast.</summary>
    internal static bool CanRead(DuckDbResult result, bool vectors) => Readers(result, vectors).All(reader => reader is not null);

    /// <summary>For each column its name, and whether it must be cast to text.</summary>
    internal static List<(string Name, bool NeedsCast)> Columns(DuckDbResult result, bool vectors) =>
        [.. Readers(result, vectors).Select((reader, column) => (NameOf(result, column), reader is null))];

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
