namespace GrokPipeline.Tables.DuckDb;

/// <summary>A SELECT by a stranger: first the session gives up what it may do, then the engine says what kind of statement it is.</summary>
internal static class ConfinedQuery
{
    private const int MostRows = 10_000_000;

    // duckdb_statement_type
    private const int Select = 1;

    /// <summary>Leaves a session nothing but reading files in some folders. The order counts: the last setting locks the others.</summary>
    internal static void Confine(DuckDbSession session, IEnumerable<string> folders)
    {
        // With a separator at the end, so that /data does not allow /data-of-others.
        var allowed = folders.Select(folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar);
        session.Execute($"SET allowed_directories = {Sql.Texts(allowed)}");
        session.Execute("SET enable_external_access = false");
        session.Execute("SET lock_configuration = true");
    }

    /// <summary>Creates the views; one without files is left out.</summary>
    internal static void AddViews(DuckDbSession session, IReadOnlyDictionary<string, string[]> views)
    {
        var schemas = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "main" };
        foreach (var (name, files) in views.Where(view => view.Value.Length > 0).OrderBy(view => view.Key, StringComparer.Ordinal))
        {
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            var (schema, view) = dot < 0 ? ("main", name) : (name[..dot], name[(dot + 1)..]);
            if (schemas.Add(schema)) { session.Execute($"CREATE SCHEMA {Sql.Name(schema)}"); }
            session.Execute(
                $"CREATE VIEW {Sql.Name(schema)}.{Sql.Name(view)} AS SELECT * FROM read_parquet("
                + $"{Sql.Texts(files.Select(Sql.Pattern))}, union_by_name = true, hive_partitioning = false)");
        }
    }

    /// <summary>Runs exactly one SELECT statement.</summary>
    internal static Table Run(DuckDbSession session, string sql)
    {
        if (sql.Contains('\0')) { throw new GrokException("The query holds the character U+0000.", "Leave it out."); }
        CheckStatement(session, sql);
        // A semicolon at the end would not fit into the parentheses that a cast puts around.
        return DuckDbStore.Rows(session, sql.TrimEnd().TrimEnd(';'), vectors: false, MostRows);
    }

    private static unsafe void CheckStatement(DuckDbSession session, string sql)
    {
        var count = NativeMethods.duckdb_extract_statements(session.Connection, sql, out var statements);
        nint prepared = 0;
        try
        {
            if (count == 0 && NativeMethods.duckdb_extract_statements_error(statements) is var error && error is not null)
            {
                throw new DuckDbException(DuckDbSession.TextOf(error));
            }
            if (count != 1)
            {
                throw new GrokException($"The query has {count} statements.", "Give exactly one SELECT.");
            }
            var state = NativeMethods.duckdb_prepare_extracted_statement(session.Connection, statements, 0, out prepared);
            if (state != 0) { throw new DuckDbException(DuckDbSession.TextOf(NativeMethods.duckdb_prepare_error(prepared))); }
            if (NativeMethods.duckdb_prepared_statement_type(prepared) != Select)
            {
                throw new GrokException("The query is no SELECT statement.", "Give exactly one SELECT; nothing can be changed by a query.");
            }
            if (NativeMethods.duckdb_nparams(prepared) != 0)
            {
                throw new GrokException("The query has parameters.", "Write the values into the query.");
            }
        }
        finally
        {
            NativeMethods.duckdb_destroy_prepare(ref prepared);
            NativeMethods.duckdb_destroy_extracted(ref statements);
        }
    }
}
