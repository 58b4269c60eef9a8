using GrokPipeline.Tables;

namespace GrokPipeline.Testing;

/// <summary>What every table store must do. A store proves itself by a class of one line that derives from this one.</summary>
public abstract class TableStoreConformance<TStore> : IDisposable
    where TStore : ITableStore, new()
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("grok-tables-");

    protected TStore Store { get; } = new();

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Every_kind_of_column_comes_back_exactly()
    {
        var table = Samples.Every(5000);
        var back = RoundTrip(table);
        Assert.Equal(table.Schema, back.Schema);
        Assert.Equal(table.Int64("i").ToArray(), back.Int64("i").ToArray());
        Assert.Equal(Bits(table.Float32("f")), Bits(back.Float32("f")));
        Assert.Equal(table.Float64("d").ToArray().Select(BitConverter.DoubleToInt64Bits),
            back.Float64("d").ToArray().Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(table.Text("t"), back.Text("t"));
        Assert.Equal(table.Bool("b").ToArray(), back.Bool("b").ToArray());
        Assert.Equal(Bits(table.Vector("v")), Bits(back.Vector("v")));
        Assert.Equal(ContentHash.Of(table), ContentHash.Of(back));
    }

    [Fact]
    public void Metadata_and_descriptions_come_back()
    {
        var table = Samples.Every(3).WithMetadata([new("grokpipeline.seed", "0"), new("Größe 'x' \"y\"", "a = 'b'; {\"c\": [1, 2]}\n∘")]);
        var back = RoundTrip(table);
        Assert.Equal(table.Metadata.OrderBy(pair => pair.Key), back.Metadata.OrderBy(pair => pair.Key));
        Assert.Equal("Row by row, counted in s", back.Schema["i"].Description);
    }

    [Fact]
    public void A_table_without_rows_keeps_its_schema()
    {
        var table = Samples.Every(0);
        var back = RoundTrip(table);
        Assert.Equal(0, back.Rows);
        Assert.Equal(table.Schema, back.Schema);
        Assert.Equal(ContentHash.Of(table), ContentHash.Of(back));
    }

    [Theory]
    [InlineData(1), InlineData(2047), InlineData(2048), InlineData(2049), InlineData(130_000)]
    public void Rows_keep_their_order_across_chunks_and_row_groups(int rows)
    {
        var table = Samples.Every(rows);
        Assert.Equal(ContentHash.Of(table), ContentHash.Of(RoundTrip(table)));
    }

    [Fact]
    public void The_header_says_what_the_table_holds()
    {
        var table = Samples.Every(777).WithMetadata([new("key", "value")]);
        var path = PathOf("header.parquet");
        Store.Write(path, table);
        var header = Store.ReadHeader(path);
        Assert.Equal(table.Schema, header.Schema);
        Assert.Equal(777, header.Rows);
        Assert.Equal("value", Assert.Single(header.Metadata).Value);
    }

    [Fact]
    public void The_same_table_gives_the_same_bytes()
    {
        var (first, second) = (PathOf("first.parquet"), PathOf("second.parquet"));
        Store.Write(first, Samples.Every(3000));
        Store.Write(second, Samples.Every(3000));
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
    }

    [Fact]
    public void Writing_again_replaces_the_file()
    {
        var path = PathOf("again.parquet");
        Store.Write(path, Samples.Every(100));
        Store.Write(path, Samples.Every(7));
        Assert.Equal(7, Store.Read(path).Rows);
    }

    [Theory]
    [InlineData("with space.parquet"), InlineData("qu'ote.parquet"), InlineData("[ab]*.parquet"), InlineData("a=b.parquet"),
        InlineData("ümläut∘.parquet")]
    public void File_names_are_taken_as_they_are(string name)
    {
        var table = Samples.Every(10);
        Store.Write(PathOf("ab.parquet"), Samples.Every(1));       // what the pattern [ab]* would find
        Assert.Equal(ContentHash.Of(table), ContentHash.Of(RoundTrip(table, name)));
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var path = PathOf("missing.parquet");
        var error = Assert.Throws<GrokException>(() => Store.Read(path));
        Assert.Equal(path, error.Where);
        Assert.Contains("does not exist", error.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(4), InlineData(11), InlineData(500)]
    public void A_file_that_was_cut_is_an_integrity_error(int length)
    {
        var path = PathOf("cut.parquet");
        Store.Write(path, Samples.Every(1000));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..length]);
        var error = Assert.Throws<GrokException>(() => Store.Read(path));
        Assert.Equal(ProblemKind.Integrity, error.Kind);
        Assert.Equal(path, error.Where);
        Assert.Equal(ProblemKind.Integrity, Assert.Throws<GrokException>(() => Store.ReadHeader(path)).Kind);
    }

    [Fact]
    public void Noise_is_an_integrity_error()
    {
        var path = PathOf("noise.parquet");
        var (bytes, stream) = (new byte[4096], new Seed(1).Stream());
        for (var i = 0; i < bytes.Length; i++) { bytes[i] = (byte)stream.NextBelow(256); }
        File.WriteAllBytes(path, bytes);
        Assert.Equal(ProblemKind.Integrity, Assert.Throws<GrokException>(() => Store.Read(path)).Kind);
    }

    [Fact]
    public void A_folder_that_is_missing_is_an_error_with_the_path()
    {
        var path = PathOf(Path.Combine("no", "folder.parquet"));
        var error = Assert.Throws<GrokException>(() => Store.Write(path, Samples.Every(1)));
        Assert.Equal(path, error.Where);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        var table = Table.Of(ColumnValues.Of("t", ["\ud800"]));
        Assert.Contains("surrogate", Assert.Throws<GrokException>(() => Store.Write(PathOf("half.parquet"), table)).Message,
            StringComparison.Ordinal);
    }

    protected string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private Table RoundTrip(Table table, string name = "table.parquet")
    {
        Store.Write(PathOf(name), table);
        return Store.Read(PathOf(name));
    }

    private static IEnumerable<int> Bits(ReadOnlySpan<float> values) => values.ToArray().Select(BitConverter.SingleToInt32Bits);

    private static class Samples
    {
        private static readonly double[] s_numbers =
        [
            0.0, -0.0, 1.5, -1e-300, double.MaxValue, double.Epsilon, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1.0 / 3,
        ];

        private static readonly string?[] s_texts =
            [null, "", "a", "twelve bytes", "thirteen byte", "ünï∘ 𝄞 \u202e", "a\0b", "line\nbreak", new('x', 5000), "'\"\\"];

        internal static Table Every(int rows)
        {
            var (integers, singles, doubles) = (new long[rows], new float[rows], new double[rows]);
            var (texts, truths, vectors) = (new string?[rows], new bool[rows], new float[rows * 3]);
            for (var row = 0; row < rows; row++)
            {
                integers[row] = row % 7 == 0 ? long.MinValue + row : row % 11 == 0 ? long.MaxValue - row : row;
                (doubles[row], singles[row]) = (s_numbers[row % s_numbers.Length], (float)s_numbers[(row + 3) % s_numbers.Length]);
                (texts[row], truths[row]) = (s_texts[row / 3 % s_texts.Length], row % 3 == 1);
                for (var i = 0; i < 3; i++) { vectors[(row * 3) + i] = (float)s_numbers[(row + i) % s_numbers.Length] + (row * i); }
            }
            return Table.Of(
                ColumnValues.Of("i", integers, "Row by row, counted in s"), ColumnValues.Of("f", singles), ColumnValues.Of("d", doubles),
                ColumnValues.Of("t", texts), ColumnValues.Of("b", truths), ColumnValues.Vector("v", 3, vectors));
        }
    }
}
