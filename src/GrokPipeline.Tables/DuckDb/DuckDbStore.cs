using System.Collections.Frozen;
using System.Text;

namespace GrokPipeline.Tables.DuckDb;

/// <summary>
/// Tables as Parquet files through DuckDB's engine: zstd, one thread unless said otherwise. The bytes of a file do not depend on the
/// number of threads. Every call uses an in-memory database of its own, so that one store may serve several threads.
/// </summary>
public sealed class DuckDbStore : ITableStore
{
    private const int MostRows = 100_000_000;

    /// <summary>Threads of the engine, at least 1. Default 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The most memory that one call takes in the engine, in MiB. Default 4096.</summary>
    public int MemoryMebibytes { get; init; } = 4096;

    /// <inheritdoc/>
    public string Name => "duckdb";

    /// <inheritdoc/>
    public string Version => DuckDbLibrary.Version;

    /// <inheritdoc/>
    /// <remarks>The file is not flushed to the disk, and is written in place: who needs that gives a temporary name.</remarks>
    public void Write(string path, Table table)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { SchemaText.Key };
        foreach (var (key, _) in table.Metadata)
        {
            if (key.Length == 0 || !names.Add(key))
            {
                throw new GrokException(
                    $"The metadata key '{key}' is empty, taken or given twice (case is not looked at).", "Give each its own key.", path);
            }
        }
        try
        {
            using var session = Open();
            TableAppender.Create(session, "rows", table.Schema);
            TableAppender.Fill(session, "rows", table);
            session.Execute(Copy("\"rows\"", path, table.Schema, table.Metadata, HasNegativeZero(table)));
        }
        catch (DuckDbException e)
        {
            throw WriteFailed(path, e);
        }
    }

    /// <inheritdoc/>
    public Table Read(string path) => Reading(path, session =>
    {
        var metadata = MetadataOf(session, path);
        var table = Rows(session, $"SELECT * FROM {Reader(path)}", vectors: true, MostRows);
        return WithSchema(table, metadata).WithMetadata(metadata.Where(pair => pair.Key != SchemaText.Key));
    });

    /// <inheritdoc/>
    public IEnumerable<Table> ReadPieces(string path, IReadOnlyCollection<string>? columns, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        var header = ReadHeader(path);
        TableSchema wanted = columns is null ? header.Schema : [.. columns.Select(name => Named(header.Schema, name, path))];
        using var session = Open();
        var sql = $"SELECT {string.Join(", ", wanted.Select(column => Sql.Name(column.Name)))} FROM {Reader(path)}";
        using var result = Guarded(path, () => session.Stream(ReadableSql(session, sql)));
        for (var left = header.Rows; left > 0;)
        {
            var piece = Guarded(path, () => ResultReader.Next(result, wanted, rows, path, header.Rows - left)
                ?? throw new DuckDbException($"it ends {left} rows before its end"));
            left -= piece.Rows;
            yield return piece;
        }
    }

    /// <inheritdoc/>
    public ITableWriter Create(string path, TableSchema schema) => new PieceWriter(path, schema, Open);

    /// <inheritdoc/>
    public TableHeader ReadHeader(string path) => Reading(path, session =>
    {
        var metadata = MetadataOf(session, path);
        var empty = Rows(session, $"SELECT * FROM {Reader(path)} LIMIT 0", vectors: true, 0);
        var rows = Rows(session, $"SELECT num_rows FROM parquet_file_metadata({Sql.Text(Sql.Pattern(path))})", vectors: false, 1);
        return new TableHeader(
            WithSchema(empty, metadata).Schema, rows.Int64("num_rows")[0],
            metadata.Where(pair => pair.Key != SchemaText.Key).ToFrozenDictionary(StringComparer.Ordinal));
    });

    /// <summary>
    /// Answers one SELECT statement over views of files, and can do nothing else: no other statement, no file outside the allowed
    /// folders, no extension, no setting.
    /// </summary>
    /// <param name="sql">Exactly one SELECT statement.</param>
    /// <param name="views">
    /// Names of views, a dot for a schema (<c>data.addition</c>), and the files of each, matched by column names.
    /// </param>
    /// <param name="allowedFolders">Folders whose files may be read.</param>
    /// <param name="cancellation">Stops the statement.</param>
    /// <returns>
    /// The rows. DECIMAL comes as Float64, wide integers as Int64 or, where they do not fit, as text; dates, lists and the like as text;
    /// integers that are null somewhere as Float64 with NaN. Columns of one name are numbered.
    /// </returns>
    /// <exception cref="GrokException">It is not one SELECT statement, the engine refuses it, or it was stopped.</exception>
    public Table Query(
        string sql, IReadOnlyDictionary<string, string[]> views, IReadOnlyList<string> allowedFolders,
        CancellationToken cancellation = default)
    {
        try
        {
            using var session = Open();
            ConfinedQuery.Confine(session, allowedFolders);
            ConfinedQuery.AddViews(session, views);
            using var stop = cancellation.Register(session.Interrupt);
            return ConfinedQuery.Run(session, sql);
        }
        catch (DuckDbException e) when (cancellation.IsCancellationRequested)
        {
            throw new GrokException("The query was stopped.", "Run it again.", kind: ProblemKind.Stopped, cause: e);
        }
        catch (DuckDbException e)
        {
            throw new GrokException(
                $"The query failed: {e.FirstLine}",
                "Correct the SQL; only one SELECT over the views and the files of data and models is possible.", cause: e);
        }
    }

    /// <summary>Reads all rows of a statement, with a second run that casts what has no kind of ours: lists to vectors, or to text.</summary>
    internal static Table Rows(DuckDbSession session, string sql, bool vectors, int mostRows)
    {
        using (var result = session.Query(sql))
        {
            if (ResultReader.CanRead(result, vectors)) { return ResultReader.Read(result, vectors, mostRows); }
            var columns = ResultReader.Columns(result, vectors);
            var casts = columns.Select((column, i) =>
                (column.Cast is { } type ? $"CAST(c{i} AS {type})" : $"c{i}") + $" AS {Sql.Name(column.Name)}");
            sql = $"SELECT {string.Join(", ", casts)} FROM ({sql}\n) AS q({string.Join(", ", columns.Select((_, i) => $"c{i}"))})";
        }
        using var texts = session.Query(sql);
        return ResultReader.Read(texts, vectors, mostRows);
    }

    // A statement whose columns are all of our kinds: what is not is cast.
    private static string ReadableSql(DuckDbSession session, string sql)
    {
        using var result = session.Query($"SELECT * FROM ({sql}) LIMIT 0");
        if (ResultReader.CanRead(result, vectors: true)) { return sql; }
        var columns = ResultReader.Columns(result, vectors: true).Select(column =>
            column.Cast is { } type ? $"CAST({Sql.Name(column.Name)} AS {type}) AS {Sql.Name(column.Name)}" : Sql.Name(column.Name));
        return $"SELECT {string.Join(", ", columns)} FROM ({sql})";
    }

    private static Column Named(TableSchema schema, string name, string path)
    {
        if (schema.Contains(name)) { return schema[name]; }
        var names = schema.Select(column => column.Name);
        throw new GrokException(
            $"has no column '{name}'.{Spelling.Suggestion(name, names)}", $"Its columns are {string.Join(", ", names)}.", path);
    }

    /// <summary>The statement that writes rows as a Parquet file.</summary>
    /// <param name="from">A table or reader of the engine.</param>
    /// <param name="path">The file.</param>
    /// <param name="schema">Its columns.</param>
    /// <param name="metadata">Keys and values.</param>
    /// <param name="negativeZero">Whether a cell is −0: the engine's dictionaries take 0 and −0 for one value.</param>
    internal static string Copy(
        string from, string path, TableSchema schema, IReadOnlyDictionary<string, string> metadata, bool negativeZero)
    {
        var pairs = metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal).Prepend(new(SchemaText.Key, SchemaText.Of(schema)))
            .Select(pair => $"{Sql.Text(pair.Key)}: {Sql.Text(pair.Value)}");
        var plain = negativeZero ? ", DICTIONARY_SIZE_LIMIT 0" : "";
        return $"COPY {from} TO {Sql.Text(Path.GetFullPath(path))} "
            + $"(FORMAT parquet, COMPRESSION zstd{plain}, KV_METADATA {{{string.Join(", ", pairs)}}})";
    }

    /// <summary>True when a number of a table is −0.</summary>
    internal static bool HasNegativeZero(Table table) => Enumerable.Range(0, table.Schema.Count).Any(column => table.Values(column) switch
    {
        float[] values => Array.Exists(values, value => value == 0 && float.IsNegative(value)),
        double[] values => Array.Exists(values, value => value == 0 && double.IsNegative(value)),
        _ => false,
    });

    private DuckDbSession Open() => new(Threads, $"{MemoryMebibytes}MiB");

    private T Reading<T>(string path, Func<DuckDbSession, T> read)
    {
        if (!File.Exists(path))
        {
            throw new GrokException("The file does not exist.", "Check the path, or generate the file.", path);
        }
        return Guarded(path, () =>
        {
            using var session = Open();
            return read(session);
        });
    }

    // What the engine says about a file, as a problem of that file.
    private static T Guarded<T>(string path, Func<T> read)
    {
        try { return read(); }
        catch (Exception e) when (e is DuckDbException or GrokException { Where: null, Kind: not ProblemKind.Resources })
        {
            var problem = e is DuckDbException engine ? engine.FirstLine : ((GrokException)e).Problem;
            throw new GrokException(
                $"The file is no Parquet table that can be read: {problem}",
                "It is damaged or of another format: generate it again.", path, ProblemKind.Integrity, e);
        }
    }

    /// <summary>The engine's reader of one file.</summary>
    internal static string Reader(string path) => $"read_parquet({Sql.Text(Sql.Pattern(path))}, hive_partitioning = false)";

    private static Dictionary<string, string> MetadataOf(DuckDbSession session, string path)
    {
        var sql = $"SELECT hex(key) AS key, hex(value) AS value FROM parquet_kv_metadata({Sql.Text(Sql.Pattern(path))})";
        var pairs = Rows(session, sql, vectors: false, 10_000);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < pairs.Rows; i++) { metadata[FromHex(pairs.Text("key")[i])] = FromHex(pairs.Text("value")[i]); }
        return metadata;
    }

    private static string FromHex(string? text) => Encoding.UTF8.GetString(Convert.FromHexString(text ?? ""));

    // The schema that the metadata tells, checked against the columns that are there.
    private static Table WithSchema(Table table, Dictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(SchemaText.Key, out var text)) { return table; }
        if (SchemaText.Read(text) is not { } schema || schema.Count != table.Schema.Count)
        {
            throw new DuckDbException("the schema in its metadata cannot be read or has other columns");
        }
        var columns = new ColumnValues[schema.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            var (told, found) = (schema[i], table.Schema[i]);
            if (told.Name != found.Name || told.Kind != found.Kind || (table.Rows > 0 && told.Width != found.Width))
            {
                throw new DuckDbException($"column {found} is told as {told} in its metadata");
            }
            columns[i] = new ColumnValues(told, table.Values(i));
        }
        return Table.Of(columns);
    }

    /// <summary>What the engine says about writing a file, as a problem of that file.</summary>
    internal static GrokException WriteFailed(string path, DuckDbException e)
    {
        string[] words = ["No space left", "quota", "Out of Memory"];
        var space = words.Any(word => e.Message.Contains(word, StringComparison.OrdinalIgnoreCase));
        return new GrokException(
            $"The table cannot be written: {e.FirstLine}",
            space ? "Free space and run again." : "Check that the folder exists and may be written to.",
            path, space ? ProblemKind.Resources : ProblemKind.Failed, e);
    }
}
