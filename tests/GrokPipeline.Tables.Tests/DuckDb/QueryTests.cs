using GrokPipeline.Tables.DuckDb;

namespace GrokPipeline.Tables.Tests.DuckDb;

public sealed class QueryTests(QueryTests.Folder folder) : IClassFixture<QueryTests.Folder>
{
    private readonly DirectoryInfo _root = folder.Root;
    private readonly DuckDbStore _store = new();
    private readonly string _metrics = folder.Metrics;
    private readonly string _outside = folder.Outside;

    public static TheoryData<string> Refused =>
    [
        "", ";", "-- nothing", "SELECT 1; SELECT 2", "CREATE TABLE t (i INTEGER)", "INSERT INTO metrics VALUES (1)", "DROP VIEW metrics",
        "COPY metrics TO '{models}/copy.parquet'", "COPY (SELECT 1) TO '{outside}'", "ATTACH '{models}/a.db'", "INSTALL httpfs",
            "LOAD httpfs",
        "SET threads = 1", "SET enable_external_access = true", "RESET lock_configuration", "PRAGMA enable_profiling",
            "CALL pragma_version()",
        "EXPLAIN SELECT 1", "EXPORT DATABASE '{models}'", "CHECKPOINT", "VACUUM", "BEGIN", "PREPARE p AS SELECT 1", "USE main", "SELECT ?",
        "SELECT * FROM '{outside}'", "SELECT * FROM read_parquet('{outside}')", "SELECT * FROM read_text('{outside}')",
            "SELECT * FROM read_csv('{outside}')",
        "SELECT * FROM read_blob('{models}/../models-of-others/outside.parquet')", "SELECT * FROM read_text('{models}/link')",
            "SELECT * FROM glob('{root}/*/*')",
        "SELECT * FROM read_text('/etc/hostname')", "SELECT * FROM 'https://example.org/x.parquet'", "SELECT * FROM read_csv('/dev/stdin')",
        "SELECT * FROM query('DROP VIEW metrics')", "SELECT no FROM metrics", "SELECT * FROM nothing", "SELEC 1", "SELECT 'a\0b'",
        "WITH t AS (DELETE FROM metrics RETURNING *) SELECT * FROM t", "SELECT getenv('HOME')",
    ];

    public static TheoryData<string, ColumnKind, string> Kinds => new()
    {
        { "SELECT 1", ColumnKind.Int64, "1" },
        { "SELECT 255::UTINYINT", ColumnKind.Int64, "255" },
        { "SELECT (-128)::TINYINT", ColumnKind.Int64, "-128" },
        { "SELECT 18446744073709551615::UBIGINT", ColumnKind.Text, "18446744073709551615" },
        { "SELECT sum(step) FROM metrics", ColumnKind.Int64, "6" },
        { "SELECT count(*) FROM metrics", ColumnKind.Int64, "3" },
        { "SELECT (-170141183460469231731687303715884105727)::HUGEINT", ColumnKind.Text, "-170141183460469231731687303715884105727" },
        { "SELECT 0.1", ColumnKind.Float64, "0.1" },
        { "SELECT 1234567890123456789.123456789::DECIMAL(38, 9)", ColumnKind.Float64, "1.2345678901234568E+18" },
        { "SELECT avg(value) FROM metrics WHERE step <> 2", ColumnKind.Float64, "1" },
        { "SELECT 1.5::FLOAT", ColumnKind.Float32, "1.5" },
        { "SELECT 'a' || 'ä∘'", ColumnKind.Text, "aä∘" },
        { "SELECT NULL::BIGINT", ColumnKind.Float64, "NaN" },
        { "SELECT true", ColumnKind.Bool, "True" },
        { "SELECT NULL::BOOLEAN", ColumnKind.Text, "" },
        { "SELECT DATE '2025-02-03'", ColumnKind.Text, "2025-02-03" },
        { "SELECT TIMESTAMP '2025-02-03 04:05:06'", ColumnKind.Text, "2025-02-03 04:05:06" },
        { "SELECT [1, 2]", ColumnKind.Text, "[1, 2]" },
        { "SELECT x FROM metrics LIMIT 1;", ColumnKind.Text, "[1.0, 2.0]" },
        { "SELECT {'a': 1}", ColumnKind.Text, "{'a': 1}" },
        { "SELECT NULL", ColumnKind.Float64, "NaN" },
        { "SELECT INTERVAL 3 DAY", ColumnKind.Text, "3 days" },
        { "SELECT 'x'::BLOB", ColumnKind.Text, "x" },
        { "FROM metrics SELECT step LIMIT 1", ColumnKind.Int64, "1" },
        { "VALUES (7)", ColumnKind.Int64, "7" },
        { "WITH t AS (SELECT 3 AS n) SELECT n FROM t -- and a remark", ColumnKind.Int64, "3" },
    };

    [Fact]
    public void A_select_over_a_view_gives_its_rows_in_order()
    {
        var table = Query("SELECT step, value * 2 AS twice, metric, [step] AS list FROM metrics ORDER BY step DESC");
        Assert.Equal("(step: Int64, twice: Float64, metric: Text, list: Text)", table.Schema.ToString());
        Assert.Equal([3, 2, 1], table.Int64("step").ToArray());
        Assert.Equal([3, double.NaN, 1], table.Float64("twice").ToArray());
        Assert.Equal(["loss", null, "loss"], table.Text("metric"));
        Assert.Equal(["[3]", "[2]", "[1]"], table.Text("list"));
    }

    [Fact]
    public void A_view_may_have_a_schema_and_several_files_with_other_columns()
    {
        var more = Path.Combine(_root.FullName, "models", "more.parquet");
        _store.Write(more, Table.Of(ColumnValues.Of("metric", ["accuracy"]), ColumnValues.Of("step", [4L])));
        var views = new Dictionary<string, string[]> { ["data.a \"b\""] = [_metrics, more], ["data.none"] = [] };
        var table = _store.Query("SELECT step, metric, value FROM data.\"a \"\"b\"\"\" ORDER BY step", views,
            [Path.Combine(_root.FullName, "models")]);
        Assert.Equal([1, 2, 3, 4], table.Int64("step").ToArray());
        Assert.Equal("accuracy", table.Text("metric")[3]);
        Assert.True(double.IsNaN(table.Float64("value")[3]));
    }

    [Fact]
    public void Files_of_allowed_folders_may_be_read_by_path() =>
        Assert.Equal(3, Query($"SELECT count(*) AS n FROM '{_metrics}'").Int64("n")[0]);

    [Fact]
    public void Columns_of_one_name_are_numbered_and_empty_results_keep_theirs()
    {
        Assert.Equal("(a: Int64, a_1: Int64, A_2: Int64)", Query("SELECT 1 AS a, 2 AS a, 3 AS A").Schema.ToString());
        var empty = Query("SELECT step, metric FROM metrics WHERE step > 5");
        Assert.Equal((0, "(step: Int64, metric: Text)"), (empty.Rows, empty.Schema.ToString()));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Every_type_of_the_engine_comes_as_a_kind_of_ours(string sql, ColumnKind kind, string text)
    {
        var table = Query(sql);
        var column = Assert.Single(table.Schema);
        Assert.Equal(kind, column.Kind);
        object? cell = kind switch
        {
            ColumnKind.Int64 => table.Int64(column.Name)[0],
            ColumnKind.Float64 => table.Float64(column.Name)[0],
            ColumnKind.Float32 => table.Float32(column.Name)[0],
            ColumnKind.Bool => table.Bool(column.Name)[0],
            _ => table.Text(column.Name)[0],
        };
        Assert.Equal(text, FormattableString.Invariant($"{cell}"));
    }

    [Theory, MemberData(nameof(Refused))]
    public void Whatever_is_not_one_select_over_allowed_files_is_refused(string sql)
    {
        var before = Snapshot();
        var text = sql.Replace("{models}", Path.Combine(_root.FullName, "models"), StringComparison.Ordinal)
            .Replace("{outside}", _outside, StringComparison.Ordinal).Replace("{root}", _root.FullName, StringComparison.Ordinal);
        var error = Assert.Throws<GrokException>(() => Query(text));
        Assert.Equal(ProblemKind.Configuration, error.Kind);
        Assert.DoesNotContain("\n", error.Problem, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public void A_query_can_be_stopped()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var error = Assert.Throws<GrokException>(() => _store.Query(
            "SELECT sum(sin(a.range * b.range)) FROM range(1000000) a, range(1000000) b", new Dictionary<string, string[]>(), [],
                source.Token));
        Assert.Equal(ProblemKind.Stopped, error.Kind);
    }

    private Table Query(string sql) =>
        _store.Query(sql, new Dictionary<string, string[]> { ["metrics"] = [_metrics] }, [Path.Combine(_root.FullName, "models")]);

    private IEnumerable<(string, long)> Snapshot() =>
        [.. _root.EnumerateFiles("*", SearchOption.AllDirectories).Select(file => (file.FullName, file.Length)).Order()];

    /// <summary>A folder that may be read, one beside it that may not, and a link from the first into the second.</summary>
    public sealed class Folder : IDisposable
    {
        public Folder()
        {
            Metrics = Path.Combine(Root.CreateSubdirectory("models").FullName, "metrics.parquet");
            Outside = Path.Combine(Root.CreateSubdirectory("models-of-others").FullName, "outside.parquet");
            var table = Table.Of(
                ColumnValues.Of("step", [1L, 2, 3]), ColumnValues.Of("value", [0.5, double.NaN, 1.5]),
                ColumnValues.Of("metric", ["loss", null, "loss"]), ColumnValues.Vector("x", 2, [1, 2, 3, 4, 5, 6]));
            new DuckDbStore().Write(Metrics, table);
            new DuckDbStore().Write(Outside, table);
            if (!OperatingSystem.IsWindows()) { File.CreateSymbolicLink(Path.Combine(Root.FullName, "models", "link"), Outside); }
        }

        public DirectoryInfo Root { get; } = Directory.CreateTempSubdirectory("grok-query-");

        public string Metrics { get; }

        public string Outside { get; }

        public void Dispose() => Root.Delete(recursive: true);
    }
}
