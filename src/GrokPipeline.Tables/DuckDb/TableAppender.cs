using System.Runtime.InteropServices;
using System.Text;

namespace GrokPipeline.Tables.DuckDb;

/// <summary>Fills a table of the engine from ours, chunk by chunk.</summary>
internal static unsafe class TableAppender
{
    // Refuses half surrogate pairs instead of writing a replacement.
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Creates an empty table of the engine.</summary>
    /// <exception cref="DuckDbException">The engine refuses.</exception>
    internal static void Create(DuckDbSession session, string name, TableSchema schema)
    {
        var columns = schema.Select(column =>
            $"{Sql.Name(column.Name)} {TypeName(column)} {(column.Kind == ColumnKind.Text ? "" : "NOT NULL")}");
        session.Execute($"CREATE TABLE {Sql.Name(name)} ({string.Join(", ", columns)})");
    }

    /// <summary>Copies rows into a table of the engine with the same columns.</summary>
    /// <exception cref="DuckDbException">The engine refuses.</exception>
    internal static void Fill(DuckDbSession session, string name, Table table)
    {
        if (NativeMethods.duckdb_appender_create(session.Connection, null, name, out var appender) != 0)
        {
            throw new DuckDbException(DuckDbSession.TextOf(NativeMethods.duckdb_appender_error(appender)));
        }
        var types = table.Schema.Select(Type).ToArray();
        nint chunk;
        fixed (nint* first = types) { chunk = NativeMethods.duckdb_create_data_chunk(first, (ulong)types.Length); }
        try
        {
            Append(appender, chunk, table);
        }
        finally
        {
            NativeMethods.duckdb_destroy_data_chunk(ref chunk);
            for (var i = 0; i < types.Length; i++) { NativeMethods.duckdb_destroy_logical_type(ref types[i]); }
            _ = NativeMethods.duckdb_appender_destroy(ref appender);
        }
    }

    private static void Append(nint appender, nint chunk, Table table)
    {
        var size = (int)NativeMethods.duckdb_vector_size();
        for (var first = 0; first < table.Rows; first += size)
        {
            var count = Math.Min(size, table.Rows - first);
            NativeMethods.duckdb_data_chunk_reset(chunk);
            for (var column = 0; column < table.Schema.Count; column++)
            {
                Copy(table, column, first, count, NativeMethods.duckdb_data_chunk_get_vector(chunk, (ulong)column));
            }
            NativeMethods.duckdb_data_chunk_set_size(chunk, (ulong)count);
            Check(appender, NativeMethods.duckdb_append_data_chunk(appender, chunk));
        }
        Check(appender, NativeMethods.duckdb_appender_close(appender));
    }

    private static void Copy(Table table, int column, int first, int count, nint vector)
    {
        var data = NativeMethods.duckdb_vector_get_data(vector);
        switch (table.Values(column))
        {
            case long[] cells: cells.AsSpan(first, count).CopyTo(new Span<long>(data, count)); break;
            case double[] cells: cells.AsSpan(first, count).CopyTo(new Span<double>(data, count)); break;
            case bool[] cells: MemoryMarshal.AsBytes(cells.AsSpan(first, count)).CopyTo(new Span<byte>(data, count)); break;
            case string?[] cells: CopyTexts(cells.AsSpan(first, count), vector); break;
            case float[] cells when table.Schema[column].Kind == ColumnKind.Vector:
                var width = table.Schema[column].Width;
                var elements = NativeMethods.duckdb_vector_get_data(NativeMethods.duckdb_array_vector_get_child(vector));
                cells.AsSpan(first * width, count * width).CopyTo(new Span<float>(elements, count * width));
                break;
            case float[] cells: cells.AsSpan(first, count).CopyTo(new Span<float>(data, count)); break;
        }
    }

    private static void CopyTexts(ReadOnlySpan<string?> cells, nint vector)
    {
        NativeMethods.duckdb_vector_ensure_validity_writable(vector);
        var validity = NativeMethods.duckdb_vector_get_validity(vector);
        for (var i = 0; i < cells.Length; i++)
        {
            if (cells[i] is { } text)
            {
                var bytes = Encode(text);
                fixed (byte* start = &MemoryMarshal.GetArrayDataReference(bytes))
                {
                    NativeMethods.duckdb_vector_assign_string_element_len(vector, (ulong)i, start, (ulong)bytes.Length);
                }
            }
            else { validity[i / 64] &= ~(1UL << (i % 64)); }
        }
    }

    private static byte[] Encode(string text)
    {
        try
        {
            return s_strict.GetBytes(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new GrokException(
                $"A text holds half of a surrogate pair at index {e.Index}; it is not Unicode.", "Write whole characters.", cause: e);
        }
    }

    private static void Check(nint appender, int state)
    {
        if (state != 0) { throw new DuckDbException(DuckDbSession.TextOf(NativeMethods.duckdb_appender_error(appender))); }
    }

    private static string TypeName(Column column) => column.Kind switch
    {
        ColumnKind.Int64 => "BIGINT",
        ColumnKind.Float32 => "FLOAT",
        ColumnKind.Float64 => "DOUBLE",
        ColumnKind.Text => "VARCHAR",
        ColumnKind.Bool => "BOOLEAN",
        _ => $"FLOAT[{column.Width}]",
    };

    private static nint Type(Column column)
    {
        var type = NativeMethods.duckdb_create_logical_type(column.Kind switch
        {
            ColumnKind.Int64 => NativeType.BigInt,
            ColumnKind.Float64 => NativeType.Double,
            ColumnKind.Text => NativeType.Varchar,
            ColumnKind.Bool => NativeType.Boolean,
            _ => NativeType.Float,
        });
        if (column.Kind != ColumnKind.Vector) { return type; }
        var array = NativeMethods.duckdb_create_array_type(type, (ulong)column.Width);
        NativeMethods.duckdb_destroy_logical_type(ref type);
        return array;
    }
}
