using System.Buffers.Binary;
using System.IO.Compression;
using GrokPipeline.Data;
using GrokPipeline.Data.Clusters;
using GrokPipeline.Data.Generators;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Data;

public sealed class DigitsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("grok-digits-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Drawn_digits_say_that_they_are_not_mnist()
    {
        var digits = new Digits(Small());
        Assert.Contains("not MNIST", digits.Notes[0], StringComparison.Ordinal);
        Assert.Contains("not MNIST", digits.Facts.Operation, StringComparison.Ordinal);
        Assert.Equal((10, 144), (digits.Facts.Classes, digits.Facts.FeatureCount));
        Assert.All(digits.All.Vector("x").ToArray(), pixel => Assert.InRange(pixel, 0f, 1f));
        Assert.Equal(Enumerable.Range(0, 50).Select(row => row % 10L), digits.All.Int64("label")[..50].ToArray());
    }

    [Fact]
    public void Drawn_digits_are_told_apart_by_the_nearest_image_and_not_by_chance()
    {
        // One nearest neighbour in 400 images, over 200 others: an outside check that images of a digit have something in common.
        var tables = DatasetBuilder.Build(Spec(Small() with { TrainRows = 400, TestRows = 200 }, new() { Train = SplitPart.FromText("given"), Test = SplitPart.FromText("given") }));
        var (train, test) = (tables.Splits["train"], tables.Splits["test"]);
        var right = Enumerable.Range(0, 200).Count(row => test.Int64("label")[row] == train.Int64("label")[Nearest(train, Row(test, row))]);
        Assert.InRange(right, 150, 199);
        Assert.Equal(0, tables.Distribution("test").InTrain);
    }

    [Fact]
    public void More_images_for_training_change_none_and_another_seed_changes_all()
    {
        var (few, many) = (new Digits(Small()), new Digits(Small() with { TrainRows = 100 }));
        Assert.Equal(Row(few.All, 3), Row(many.All, 3));
        Assert.Equal(Row(few.All, 50), Row(many.All, 100));                           // the first one for testing
        Assert.NotEqual(Row(few.All, 3), Row(new Digits(Small() with { DrawSeed = 1 }).All, 3));
    }

    [Fact]
    public void Train_is_taken_from_the_images_for_training_and_test_from_the_others()
    {
        var tables = DatasetBuilder.Build(Spec(Small(), new() { Train = new() { Rows = 30 }, Validation = SplitPart.Remaining, Test = SplitPart.FromText("given") }));
        Assert.Equal((30, 20, 20), (tables.Splits["train"].Rows, tables.Splits["validation"].Rows, tables.Splits["test"].Rows));
        Assert.All(tables.Splits["validation"].Int64("row").ToArray(), row => Assert.InRange(row, 0, 49));
        Assert.All(tables.Splits["test"].Int64("row").ToArray(), row => Assert.InRange(row, 50, 69));
    }

    [Fact]
    public void Clusters_of_digits_are_rare_in_train_and_evaluated_alone()
    {
        var spec = Spec(Small() with { TrainRows = 400, TestRows = 200, Clusters = new ClusterOptions { PerClass = 2 } },
            new() { Train = new() { Rows = 100, ShiftedPerClass = 1, SubclassRate = 0.2 }, Test = SplitPart.FromText("given") });
        var tables = DatasetBuilder.Build(spec with { Shifts = [Specs.Shifted()] });
        // γ_D/(f·γ_s + γ_r) = 100/12 rows: 8 of a kept cluster, 2 of a rare one (the smaller of its digit).
        Assert.Equal(Enumerable.Range(0, 20).Select(cluster => cluster % 2 == 0 ? 8 : 2), tables.Distribution("train").RowsPerGroup);
        var (shifted, test) = (tables.Distribution("shifted"), tables.Distribution("test"));
        Assert.All(Enumerable.Range(0, 10), digit => Assert.Equal((0, test.RowsPerGroup[(2 * digit) + 1]),
            (shifted.RowsPerGroup[2 * digit], shifted.RowsPerGroup[(2 * digit) + 1])));
        Assert.Equal(0, shifted.InTrain);
    }

    [Fact]
    public void The_user_s_idx_files_are_read_as_they_are_and_compressed()
    {
        WriteMnist(compressed: false);
        var plain = new Digits(Mnist());
        Assert.Equal([3, 1, 4, 1, 5], plain.All.Int64("label").ToArray());
        Assert.Equal(784, plain.Facts.FeatureCount);
        Assert.Equal(7 / 255f, plain.All.Vector("x")[7]);
        Assert.Equal((255 - (3 * 7)) / 255f, plain.All.Vector("x")[(3 * 784) + 0]);                   // the first image for testing
        Assert.Equal(["train", "test"], plain.Parts!.Given);                                     // not null: MNIST has parts
        Assert.Contains("not byte for byte", plain.Notes[0], StringComparison.Ordinal);
        var hash = Mnist().ContentHash;
        WriteMnist(compressed: true);
        Assert.Equal(ContentHash.Of(plain.All), ContentHash.Of(new Digits(Mnist()).All));
        Assert.NotEqual(hash, Mnist().ContentHash);
    }

    [Theory]
    [InlineData("train-images-idx3-ubyte", 3, 2, "begins with 0x00000802; a file of images begins with 0x00000803")]
    [InlineData("train-images-idx3-ubyte", 10, 1, "its extents are 3 × 284 × 28; 1 to 1,000,000 images of at most 256 × 256")]
    [InlineData("train-images-idx3-ubyte", 7, 4, "extents 4 × 28 × 28 need 3,152")]
    [InlineData("t10k-labels-idx1-ubyte", 8, 10, "has the label 10 for image 0; labels are 0 to 9")]
    [InlineData("t10k-labels-idx1-ubyte", 7, 0, "its extents are 0; 1 to 1,000,000 labels")]
    public void A_damaged_idx_file_is_refused_with_what_is_wrong(string name, int at, byte value, string text)
    {
        WriteMnist(compressed: false);
        var path = Path.Combine(_folder.FullName, "mnist", name);
        var bytes = File.ReadAllBytes(path);
        bytes[at] = value;
        File.WriteAllBytes(path, bytes);
        var problem = Assert.Throws<GrokException>(() => new Digits(Mnist()).All);
        Assert.Contains(text, problem.Message, StringComparison.Ordinal);
        Assert.Contains(name, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compressed_file_with_a_wrong_checksum_is_refused()
    {
        WriteMnist(compressed: true);
        var path = Path.Combine(_folder.FullName, "mnist", "train-images-idx3-ubyte.gz");
        var bytes = File.ReadAllBytes(path);
        bytes[^6] ^= 1;                                                              // gzip ends with CRC-32 and length, four bytes each
        File.WriteAllBytes(path, bytes);
        Assert.Contains("cannot be uncompressed", Assert.Throws<GrokException>(() => new Digits(Mnist()).All).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_do_not_belong_together_and_missing_ones_are_refused()
    {
        WriteMnist(compressed: false);
        Idx("train-labels-idx1-ubyte", [2], [3, 1]);
        Assert.Contains("has 2 labels for 3 images", Assert.Throws<GrokException>(() => new Digits(Mnist()).All).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(_folder.FullName, "mnist", "train-labels-idx1-ubyte"));
        var problem = Spec(Mnist(), new() { Train = new() { Rows = 2 } }).OnlyProblem();
        Assert.Equal("with", problem.Option);
        Assert.Contains("There is no file 'mnist/train-labels-idx1-ubyte'", problem.Problem, StringComparison.Ordinal);
        Assert.Contains("or use source: drawn", problem.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_are_all_told_with_their_options() => Assert.Equal(
        ["size", "train_rows", "test_rows", "distortion", "noise", "clusters.per_class", "clusters.restarts"],
        new DigitsOptions
        {
            Size = 7,
            TrainRows = 9,
            TestRows = 0,
            Distortion = -1,
            Noise = double.NaN,
            Clusters = new ClusterOptions { PerClass = 1, Restarts = 0 },
        }.Problems().Select(problem => problem.Option));

    private static DigitsOptions Small() => new() { Size = 12, TrainRows = 50, TestRows = 20 };

    private DigitsOptions Mnist() => (DigitsOptions)new DigitsOptions { Source = DigitSource.Mnist }.In(_folder.FullName);

    private static DatasetSpec Spec(DigitsOptions options, SplitSpec split) => new() { Use = "digits", With = options, Split = split };

    private static float[] Row(Table table, int row)
    {
        var width = table.Schema["x"].Width;
        return table.Vector("x").Slice(row * width, width).ToArray();
    }

    private static int Nearest(Table table, float[] image) => Enumerable.Range(0, table.Rows)
        .MinBy(row => Row(table, row).Zip(image, (x, y) => (x - y) * (x - y)).Sum());

    // Three images for training and two for testing, whose pixels are 0 to 255 again and again, downwards for testing.
    private void WriteMnist(bool compressed)
    {
        foreach (var old in Directory.CreateDirectory(Path.Combine(_folder.FullName, "mnist")).GetFiles()) { old.Delete(); }
        Idx("train-images-idx3-ubyte", [3, 28, 28], [.. Enumerable.Range(0, 3 * 784).Select(i => (byte)(i % 256))], compressed);
        Idx("train-labels-idx1-ubyte", [3], [3, 1, 4], compressed);
        Idx("t10k-images-idx3-ubyte", [2, 28, 28], [.. Enumerable.Range(0, 2 * 784).Select(i => (byte)(234 - (i % 200)))], compressed);
        Idx("t10k-labels-idx1-ubyte", [2], [1, 5], compressed);
    }

    private void Idx(string name, int[] extents, byte[] elements, bool compressed = false)
    {
        using Stream file = File.Create(Path.Combine(_folder.FullName, "mnist", compressed ? $"{name}.gz" : name));
        using var stream = compressed ? new GZipStream(file, CompressionLevel.Fastest) : file;
        var head = new byte[4 + (4 * extents.Length)];
        (head[2], head[3]) = (8, (byte)extents.Length);
        for (var axis = 0; axis < extents.Length; axis++) { BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4 + (4 * axis)), extents[axis]); }
        stream.Write(head);
        stream.Write(elements);
    }
}
