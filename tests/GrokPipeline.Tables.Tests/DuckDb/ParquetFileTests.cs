using System.Diagnostics;
using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Tables.DuckDb;

namespace GrokPipeline.Tables.Tests.DuckDb;

public sealed class ParquetFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("grok-parquet-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_bytes_of_a_file_do_not_depend_on_the_number_of_threads()
    {
        var table = Large(300_000);
        foreach (var threads in new[] { 1, 2, 4 }) { new DuckDbStore { Threads = threads }.Write(PathOf($"{threads}.parquet"), table); }
        var bytes = File.ReadAllBytes(PathOf("1.parquet"));
        Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(PathOf("2.parquet"))));
        Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(PathOf("4.parquet"))));
        Assert.Equal(ContentHash.Of(table), ContentHash.Of(new DuckDbStore { Threads = 2 }.Read(PathOf("1.parquet"))));
    }

    [Fact]
    public void A_million_rows_are_read_in_seconds()
    {
        var (store, table) = (new DuckDbStore(), Large(1_000_000));
        store.Write(PathOf("large.parquet"), table);
        var watch = Stopwatch.StartNew();
        var back = store.Read(PathOf("large.parquet"));
        // A second on an idle machine; the bound is for one that does other work too.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 15);
        Assert.Equal(ContentHash.Of(table), ContentHash.Of(back));
    }

    [Theory]
    [InlineData(Geometry.Equidistant), InlineData(Geometry.Equivariant)]
    public void A_generated_dataset_comes_back_with_its_facts(Geometry geometry)
    {
        var spec = new DatasetSpec
        {
            Use = "gaussian_subclasses",
            With = new GaussianSubclassesOptions { Geometry = geometry },
            Split = new()
            {
                Train = new SplitPart { Rows = 400, ShiftedPerClass = 1, SubclassRate = 0.2 },
                Test = new SplitPart { Rows = 1000 }
            },
        };
        var tables = DatasetBuilder.Build(spec);
        var store = new DuckDbStore();
        foreach (var (name, table) in tables.Splits)
        {
            store.Write(PathOf($"{name}.parquet"), table);
            var back = store.Read(PathOf($"{name}.parquet"));
            Assert.Equal(table.Metadata["grokpipeline.content"], ContentHash.Of(back));
            Assert.Equal(tables.Facts, DatasetFacts.Of(store.ReadHeader(PathOf($"{name}.parquet")).Metadata));
        }
    }

    [Fact]
    public void Files_of_other_programs_are_read_with_the_kinds_that_fit()
    {
        // Written by the engine itself, without our metadata.
        using (var session = new DuckDbSession(1, "512MiB"))
        {
            session.Execute($"COPY (SELECT 1::INTEGER AS i, 2.5::DECIMAL(4, 1) AS d, DATE '2025-01-02' AS day, [1.5, 2.5]::FLOAT[] AS v, "
                + $"NULL::BIGINT AS n, ['a'] AS l) TO {Sql.Text(PathOf("other.parquet"))} (FORMAT parquet)");
        }
        var table = new DuckDbStore().Read(PathOf("other.parquet"));
        Assert.Equal("(i: Int64, d: Float64, day: Text, v: Vector[2], n: Float64, l: Text)", table.Schema.ToString());
        Assert.Equal("2025-01-02", table.Text("day")[0]);
        Assert.Equal([1.5f, 2.5f], table.Vector("v").ToArray());
    }

    [Theory]
    [InlineData("SELECT [1.0, 2.0]::FLOAT[] AS v UNION ALL SELECT [1.0]::FLOAT[]", "has 1 elements, others have 2")]
    [InlineData("SELECT [1.0, NULL]::FLOAT[] AS v", "a vector element is missing in row 0")]
    [InlineData("SELECT NULL::FLOAT[] AS v", "a vector is missing in row 0")]
    [InlineData("SELECT []::FLOAT[] AS v", "has 0 elements")]
    public void Lists_that_are_no_vectors_of_one_width_are_refused(string sql, string text)
    {
        using (var session = new DuckDbSession(1, "512MiB"))
        {
            session.Execute($"COPY ({sql}) TO {Sql.Text(PathOf("lists.parquet"))} (FORMAT parquet)");
        }
        var error = Assert.Throws<GrokException>(() => new DuckDbStore().Read(PathOf("lists.parquet")));
        Assert.Equal(ProblemKind.Integrity, error.Kind);
        Assert.Contains(text, error.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]"), InlineData("x"), InlineData("[{}]"),
        InlineData("[{\"name\":\"a\",\"kind\":\"Text\",\"width\":1,\"description\":\"\"}]")]
    [InlineData("[{\"name\":\"b\",\"kind\":\"Int64\",\"width\":1,\"description\":\"\"}]"),
        InlineData("[{\"name\":\"a\",\"kind\":\"Vector\",\"width\":-1,\"description\":\"\"}]")]
    public void A_schema_in_the_metadata_that_lies_is_an_integrity_error(string schema)
    {
        using (var session = new DuckDbSession(1, "512MiB"))
        {
            session.Execute($"COPY (SELECT 1::BIGINT AS a) TO {Sql.Text(PathOf("lie.parquet"))} "
                + $"(FORMAT parquet, KV_METADATA {{'grokpipeline.schema': {Sql.Text(schema)}}})");
        }
        Assert.Equal(ProblemKind.Integrity, Assert.Throws<GrokException>(() => new DuckDbStore().Read(PathOf("lie.parquet"))).Kind);
        Assert.Equal(ProblemKind.Integrity, Assert.Throws<GrokException>(() => new DuckDbStore().ReadHeader(PathOf("lie.parquet"))).Kind);
    }

    [Fact]
    public void Damaged_files_give_a_table_or_an_integrity_error_and_nothing_else()
    {
        var store = new DuckDbStore { MemoryMebibytes = 512 };
        store.Write(PathOf("whole.parquet"), Large(700));
        var (bytes, stream, refused) = (File.ReadAllBytes(PathOf("whole.parquet")), new Seed(20).Derive("damage").Stream(), 0);
        for (var i = 0; i < 100; i++)
        {
            var damaged = (byte[])bytes.Clone();
            var (at, kind) = (stream.NextBelow(bytes.Length), stream.NextBelow(4));
            if (kind == 0) { damaged = damaged[..at]; }
            else if (kind == 1) { damaged[at] ^= (byte)(1 << stream.NextBelow(8)); }
            else if (kind == 2) { damaged.AsSpan(at, Math.Min(64, damaged.Length - at)).Clear(); }
            else { damaged[^(1 + stream.NextBelow(Math.Min(1500, damaged.Length)))] = (byte)stream.NextBelow(256); }       // the footer
            File.WriteAllBytes(PathOf("damaged.parquet"), damaged);
            try
            {
                Assert.InRange(store.Read(PathOf("damaged.parquet")).Rows, 0, 700);
            }
            catch (GrokException e)
            {
                Assert.Equal((ProblemKind.Integrity, PathOf("damaged.parquet")), (e.Kind, e.Where));
                refused++;
            }
        }
        Assert.InRange(refused, 20, 100);
    }

    [Fact]
    public void Metadata_that_cannot_be_stored_is_refused()
    {
        var table = Table.Of(ColumnValues.Of("a", [1L]));
        foreach (var (key, value) in new[] { ("", "x"), ("grokpipeline.schema", "x"), ("a\0b", "x"), ("a", "x\0") })
        {
            Assert.Throws<GrokException>(() => new DuckDbStore().Write(PathOf("meta.parquet"), table.WithMetadata([new(key, value)])));
        }
    }

    [Fact]
    public void The_version_is_the_engine_s_own() => Assert.Matches(@"^\d+\.\d+\.\d+", new DuckDbStore().Version);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private static Table Large(int rows)
    {
        var (step, value, name, vector) = (new long[rows], new double[rows], new string?[rows], new float[rows * 4]);
        for (var row = 0; row < rows; row++)
        {
            (step[row], value[row], name[row]) = (row, (row * 0.37) % 1, row % 5 == 0 ? null : $"metric {row % 17}");
            for (var i = 0; i < 4; i++) { vector[(row * 4) + i] = row % (i + 3); }
        }
        return Table.Of(ColumnValues.Of("step", step), ColumnValues.Of("value", value), ColumnValues.Of("name", name),
            ColumnValues.Vector("v", 4, vector));
    }
}
