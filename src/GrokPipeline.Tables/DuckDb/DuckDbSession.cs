using System.Runtime.InteropServices;

namespace GrokPipeline.Tables.DuckDb;

/// <summary>One in-memory database and one connection to it, for one piece of work.</summary>
internal sealed unsafe class DuckDbSession : IDisposable
{
    private nint _database;
    private nint _connection;

    /// <summary>Opens an empty database that loads no extensions and writes no temporary files.</summary>
    /// <param name="threads">Threads of the engine, at least 1.</param>
    /// <param name="memory">Most memory that it takes, as DuckDB writes it: <c>2GB</c>.</param>
    internal DuckDbSession(int threads, string memory)
    {
        _ = DuckDbLibrary.Version;                            // says what is missing before anything else
        Check(NativeMethods.duckdb_create_config(out var config), "no configuration");
        try
        {
            Set(config, "threads", threads.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Set(config, "memory_limit", memory);
            Set(config, "temp_directory", "");
            Set(config, "autoinstall_known_extensions", "false");
            Set(config, "autoload_known_extensions", "false");
            Set(config, "allow_community_extensions", "false");
            if (NativeMethods.duckdb_open_ext(":memory:", out _database, config, out var error) != 0)
            {
                var text = TextOf(error);
                NativeMethods.duckdb_free(error);
                throw new GrokException($"DuckDB does not start: {text}", "See the message.", kind: ProblemKind.Resources);
            }
        }
        finally
        {
            NativeMethods.duckdb_destroy_config(ref config);
        }
        Check(NativeMethods.duckdb_connect(_database, out _connection), "no connection");
    }

    internal nint Connection => _connection;

    /// <summary>Runs a statement and forgets its result.</summary>
    /// <exception cref="DuckDbException">The engine refuses it.</exception>
    internal void Execute(string sql)
    {
        using var result = Query(sql);
    }

    /// <summary>Runs a statement.</summary>
    /// <exception cref="DuckDbException">The engine refuses it.</exception>
    internal DuckDbResult Query(string sql)
    {
        var result = new DuckDbResult();
        return result.Check(NativeMethods.duckdb_query(_connection, sql, result.Native));
    }

    /// <summary>Runs a statement whose rows are made as they are fetched, so that they are never all in memory.</summary>
    /// <exception cref="DuckDbException">The engine refuses it.</exception>
    internal DuckDbResult Stream(string sql)
    {
        var (prepared, pending) = ((nint)0, (nint)0);
        try
        {
            if (NativeMethods.duckdb_prepare(_connection, sql, out prepared) != 0)
            {
                throw new DuckDbException(TextOf(NativeMethods.duckdb_prepare_error(prepared)));
            }
            if (NativeMethods.duckdb_pending_prepared_streaming(prepared, out pending) != 0)
            {
                throw new DuckDbException(TextOf(NativeMethods.duckdb_pending_error(pending)));
            }
            var result = new DuckDbResult();
            return result.Check(NativeMethods.duckdb_execute_pending(pending, result.Native));
        }
        finally
        {
            NativeMethods.duckdb_destroy_pending(ref pending);
            NativeMethods.duckdb_destroy_prepare(ref prepared);
        }
    }

    /// <summary>Asks the statement that runs, if any, to stop. May be called from another thread.</summary>
    internal void Interrupt() => NativeMethods.duckdb_interrupt(_connection);

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMethods.duckdb_disconnect(ref _connection);
        NativeMethods.duckdb_close(ref _database);
    }

    internal static string TextOf(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "no message";

    private static void Set(nint config, string name, string value) =>
        Check(NativeMethods.duckdb_set_config(config, name, value), $"the setting {name} is unknown");

    private static void Check(int state, string problem)
    {
        if (state != 0)
        {
            throw new GrokException(
                $"DuckDB {DuckDbLibrary.Version} does not start: {problem}.",
                "Use the version that the project pins.", kind: ProblemKind.Resources);
        }
    }
}

/// <summary>What a statement gave. Its memory is the engine's, until it is disposed of.</summary>
internal sealed unsafe class DuckDbResult : IDisposable
{
    internal DuckDbResult() => Native = (NativeResult*)NativeMemory.AllocZeroed((nuint)sizeof(NativeResult));

    internal NativeResult* Native { get; private set; }

    /// <summary>Itself, when the call that filled it went well.</summary>
    /// <exception cref="DuckDbException">It did not.</exception>
    internal DuckDbResult Check(int state)
    {
        if (state == 0) { return this; }
        var message = DuckDbSession.TextOf(NativeMethods.duckdb_result_error(Native));
        Dispose();
        throw new DuckDbException(message);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Native is null) { return; }
        NativeMethods.duckdb_destroy_result(Native);
        NativeMemory.Free(Native);
        Native = null;
    }
}

/// <summary>The engine's own words about what went wrong; the store says what that means for the user.</summary>
internal class DuckDbException(string message) : Exception(message)
{
    /// <summary>The message as one sentence, without the engine's drawing of the place.</summary>
    internal string FirstLine => Message.Split('\n')[0].Trim().TrimEnd('.') + ".";
}
