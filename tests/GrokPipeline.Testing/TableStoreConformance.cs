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

    [Theory]
    [InlineData(0, 100), InlineData(1, 1), InlineData(2049, 1000), InlineData(130_000, 50_000), InlineData(5000, 1_000_000)]
    public void Pieces_make_the_whole_table_in_order(int rows, int piece)
    {
        var table = Samples.Every(rows);
        Store.Write(PathOf("pieces.parquet"), table);
        var pieces = Store.ReadPieces(PathOf("pieces.parquet"), null, piece).ToList();
        Assert.All(pieces.SkipLast(1), part => Assert.InRange(part.Rows, piece, piece + 10_000));
        Assert.All(pieces, part => Assert.Equal(table.Schema, part.Schema));
        Assert.Equal(rows, pieces.Sum(part => part.Rows));
        Assert.Equal(table.Int64("i").ToArray(), pieces.SelectMany(part => part.Int64("i").ToArray()));
        Assert.Equal(table.Text("t"), pieces.SelectMany(part => part.Text("t")));
        Assert.Equal(Bits(table.Vector("v")), pieces.SelectMany(part => Bits(part.Vector("v"))));
    }

    [Fact]
    public void Pieces_hold_the_columns_asked_for_and_a_missing_one_is_named()
    {
        var path = PathOf("columns.parquet");
        Store.Write(path, Samples.Every(10));
        Assert.Equal("(v: Vector[3], i: Int64)", Assert.Single(Store.ReadPieces(path, ["v", "i"], 10)).Schema.ToString());
        var error = Assert.Throws<GrokException>(() => Store.ReadPieces(path, ["vv"], 10).ToList());
        Assert.Equal((path, "has no column 'vv'. Did you mean 'v'?"), (error.Where, error.Problem));
    }

    [Theory]
    [InlineData(0), InlineData(11), InlineData(500), InlineData(4000)]
    public void Pieces_of_a_file_that_was_cut_are_an_integrity_error(int length)
    {
        var path = PathOf("cut-pieces.parquet");
        Store.Write(path, Samples.Every(5000));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..length]);
        var error = Assert.Throws<GrokException>(() => Store.ReadPieces(path, null, 1).ToList());
        Assert.Equal((ProblemKind.Integrity, path), (error.Kind, error.Where));
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(3)]
    public void A_table_written_in_pieces_is_the_whole_table(int pieces)
    {
        var path = PathOf("written.parquet");
        var piece = Samples.Every(100_000);
        using (var writer = Store.Create(path, piece.Schema))
        {
            for (var i = 0; i < pieces; i++)
            {
                writer.Add(piece);
                Assert.False(File.Exists(path));
            }
            writer.Complete(new Dictionary<string, string> { ["pieces"] = $"{pieces}" });
        }
        var back = Store.Read(path);
        Assert.Equal(piece.Schema, back.Schema);
        Assert.Equal(pieces * piece.Rows, back.Rows);
        Assert.Equal($"{pieces}", Store.ReadHeader(path).Metadata["pieces"]);
        for (var i = 0; i < pieces; i++)
        {
            var rows = Enumerable.Range(i * piece.Rows, piece.Rows).ToArray();
            Assert.Equal(ContentHash.Of(piece), ContentHash.Of(back.Select(rows)));
        }
        Assert.Equal(["written.parquet"], _folder.EnumerateFiles("written*").Select(file => file.Name));
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(3)]
    public void The_hash_of_a_file_by_pieces_is_that_of_its_table(int pieces)
    {
        var (path, piece) = (PathOf("hashed.parquet"), Samples.Every(5000));
        using var hashes = new ColumnHashes(piece.Schema.Count);
        using (var writer = Store.Create(path, piece.Schema))
        {
            for (var i = 0; i < pieces; i++)
            {
                writer.Add(piece);
                hashes.Add(piece);
            }
            writer.Complete();
        }
        var columns = new List<string>();
        Assert.Equal(ContentHash.Of(Store.Read(path)), ContentHash.OfFile(Store, path, 1000, columns));
        Assert.Equal(hashes.Finish(), columns);
    }

    [Fact]
    public void A_table_that_is_not_completed_leaves_nothing_behind()
    {
        using (var writer = Store.Create(PathOf("given-up.parquet"), Samples.Every(1).Schema))
        {
            for (var i = 0; i < 4; i++) { writer.Add(Samples.Every(100_000)); }
            Assert.Throws<GrokException>(() => writer.Add(Table.Of(ColumnValues.Of("i", new long[1]))));
        }
        Assert.Empty(_folder.EnumerateFiles("given-up*"));
    }

    [Fact]
    public void A_file_that_is_written_in_pieces_stays_as_it_was_until_it_is_complete()
    {
        var path = PathOf("kept.parquet");
        File.WriteAllText(path, "as it was");
        using (var writer = Store.Create(path, Samples.Every(1).Schema))
        {
            writer.Add(Samples.Every(10));
            Assert.Equal("as it was", File.ReadAllText(path));
            // A reader that holds the old file open keeps it: the name goes to a new one.
            using var held = File.OpenText(path);
            writer.Complete();
            Assert.Equal("as it was", held.ReadToEnd());
        }
        Assert.Equal(10, Store.Read(path).Rows);
        Assert.Equal(["kept.parquet"], _folder.EnumerateFiles("kept*").Select(file => file.Name));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_told_before_the_first_row()
    {
        var path = PathOf("nowhere/rows.parquet");
        Assert.Equal(path, Assert.Throws<GrokException>(() => Store.Create(path, Samples.Every(1).Schema)).Where);
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
