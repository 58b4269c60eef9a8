using System.Runtime.InteropServices;

namespace GrokPipeline.Tables.DuckDb;

/// <summary>
/// The stable C API of DuckDB, as far as it is used here. Handles are pointers; the <c>destroy</c> and <c>close</c> functions take the
/// address of one and set it to null.
/// </summary>
internal static unsafe partial class NativeMethods
{
    internal const string Library = "duckdb";

    // The resolver is set before the first call.
    static NativeMethods() => NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, DuckDbLibrary.Resolve);

    [LibraryImport(Library)] internal static partial byte* duckdb_library_version();

    [LibraryImport(Library)] internal static partial int duckdb_create_config(out nint config);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_set_config(nint config, string name, string value);

    [LibraryImport(Library)] internal static partial void duckdb_destroy_config(ref nint config);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_open_ext(string path, out nint database, nint config, out byte* error);

    [LibraryImport(Library)] internal static partial void duckdb_close(ref nint database);

    [LibraryImport(Library)] internal static partial void duckdb_free(void* memory);

    [LibraryImport(Library)] internal static partial int duckdb_connect(nint database, out nint connection);

    [LibraryImport(Library)] internal static partial void duckdb_disconnect(ref nint connection);

    [LibraryImport(Library)] internal static partial void duckdb_interrupt(nint connection);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_query(nint connection, string sql, NativeResult* result);

    [LibraryImport(Library)] internal static partial byte* duckdb_result_error(NativeResult* result);

    [LibraryImport(Library)] internal static partial void duckdb_destroy_result(NativeResult* result);

    [LibraryImport(Library)] internal static partial ulong duckdb_column_count(NativeResult* result);

    [LibraryImport(Library)] internal static partial byte* duckdb_column_name(NativeResult* result, ulong column);

    [LibraryImport(Library)] internal static partial nint duckdb_column_logical_type(NativeResult* result, ulong column);

    [LibraryImport(Library)] internal static partial nint duckdb_fetch_chunk(NativeResult result);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ulong duckdb_extract_statements(nint connection, string sql, out nint statements);

    [LibraryImport(Library)] internal static partial byte* duckdb_extract_statements_error(nint statements);

    [LibraryImport(Library)] internal static partial void duckdb_destroy_extracted(ref nint statements);

    [LibraryImport(Library)]
    internal static partial int duckdb_prepare_extracted_statement(nint connection, nint statements, ulong index, out nint prepared);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_prepare(nint connection, string sql, out nint prepared);

    [LibraryImport(Library)] internal static partial byte* duckdb_prepare_error(nint prepared);

    [LibraryImport(Library)] internal static partial int duckdb_pending_prepared_streaming(nint prepared, out nint pending);

    [LibraryImport(Library)] internal static partial byte* duckdb_pending_error(nint pending);

    [LibraryImport(Library)] internal static partial int duckdb_execute_pending(nint pending, NativeResult* result);

    [LibraryImport(Library)] internal static partial void duckdb_destroy_pending(ref nint pending);

    [LibraryImport(Library)] internal static partial int duckdb_prepared_statement_type(nint prepared);

    [LibraryImport(Library)] internal static partial ulong duckdb_nparams(nint prepared);

    [LibraryImport(Library)] internal static partial int duckdb_execute_prepared(nint prepared, NativeResult* result);

    [LibraryImport(Library)] internal static partial void duckdb_destroy_prepare(ref nint prepared);

    [LibraryImport(Library)] internal static partial nint duckdb_create_logical_type(int type);

    [LibraryImport(Library)] internal static partial nint duckdb_create_array_type(nint elementType, ulong size);

    [LibraryImport(Library)] internal static partial int duckdb_get_type_id(nint type);

    [LibraryImport(Library)] internal static partial nint duckdb_list_type_child_type(nint type);

    [LibraryImport(Library)] internal static partial nint duckdb_array_type_child_type(nint type);

    [LibraryImport(Library)] internal static partial ulong duckdb_array_type_array_size(nint type);

    [LibraryImport(Library)] internal static partial byte duckdb_decimal_scale(nint type);

    [LibraryImport(Library)] internal static partial int duckdb_decimal_internal_type(nint type);

    [LibraryImport(Library)] internal static partial void duckdb_destroy_logical_type(ref nint type);

    [LibraryImport(Library)] internal static partial ulong duckdb_vector_size();

    [LibraryImport(Library)] internal static partial nint duckdb_create_data_chunk(nint* types, ulong count);

    [LibraryImport(Library)] internal static partial void duckdb_destroy_data_chunk(ref nint chunk);

    [LibraryImport(Library)] internal static partial void duckdb_data_chunk_reset(nint chunk);

    [LibraryImport(Library)] internal static partial ulong duckdb_data_chunk_get_size(nint chunk);

    [LibraryImport(Library)] internal static partial void duckdb_data_chunk_set_size(nint chunk, ulong size);

    [LibraryImport(Library)] internal static partial nint duckdb_data_chunk_get_vector(nint chunk, ulong column);

    [LibraryImport(Library)] internal static partial void* duckdb_vector_get_data(nint vector);

    [LibraryImport(Library)] internal static partial ulong* duckdb_vector_get_validity(nint vector);

    [LibraryImport(Library)] internal static partial void duckdb_vector_ensure_validity_writable(nint vector);

    [LibraryImport(Library)]
    internal static partial void duckdb_vector_assign_string_element_len(nint vector, ulong index, byte* text, ulong length);

    [LibraryImport(Library)] internal static partial nint duckdb_list_vector_get_child(nint vector);

    [LibraryImport(Library)] internal static partial ulong duckdb_list_vector_get_size(nint vector);

    [LibraryImport(Library)] internal static partial nint duckdb_array_vector_get_child(nint vector);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_appender_create(nint connection, string? schema, string table, out nint appender);

    [LibraryImport(Library)] internal static partial byte* duckdb_appender_error(nint appender);

    [LibraryImport(Library)] internal static partial int duckdb_append_data_chunk(nint appender, nint chunk);

    [LibraryImport(Library)] internal static partial int duckdb_appender_close(nint appender);

    [LibraryImport(Library)] internal static partial int duckdb_appender_destroy(ref nint appender);
}

/// <summary><c>duckdb_result</c>: five fields of older versions and a pointer.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeResult
{
    private ulong _columnCount;
    private ulong _rowCount;
    private ulong _rowsChanged;
    private nint _columns;
    private nint _error;
    private nint _inner;
}

/// <summary><c>duckdb_type</c>, as far as it is read or written here.</summary>
internal static class NativeType
{
    internal const int Boolean = 1, TinyInt = 2, SmallInt = 3, Integer = 4, BigInt = 5;
    internal const int UTinyInt = 6, USmallInt = 7, UInteger = 8, UBigInt = 9;
    internal const int Float = 10, Double = 11, HugeInt = 16, Varchar = 17, Blob = 18, Decimal = 19, List = 24, UHugeInt = 32, Array = 33;
}
