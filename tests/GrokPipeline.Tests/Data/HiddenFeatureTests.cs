using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Data;

/// <summary>Datasets in which most features say nothing: sparse parity, hidden bits.</summary>
public sealed class HiddenFeatureTests
{
    [Theory]
    [InlineData(40, 3), InlineData(130, 70), InlineData(5, 5), InlineData(64, 64)]
    public void The_label_of_a_parity_is_the_product_of_the_first_signs(int n, int k)
    {
        var train = DatasetBuilder.Build(Parity(n, k, n == 5 ? 20 : 500)).Splits["train"];
        for (var row = 0; row < train.Rows; row++)
        {
            var x = train.Vector("x").Slice(row * n, n).ToArray();
            Assert.All(x, sign => Assert.Equal(1, Math.Abs(sign)));
            Assert.Equal(x[..k].Aggregate(1f, (product, sign) => product * sign) > 0 ? 1 : 0, train.Int64("label")[row]);
        }
    }

    [Fact]
    public void Every_sign_and_either_label_is_as_likely_and_splits_are_drawn_apart()
    {
        var tables = DatasetBuilder.Build(Parity(40, 3, 10_000));
        var train = tables.Splits["train"];
        for (var i = 0; i < 40; i++)
        {
            var plus = Enumerable.Range(0, train.Rows).Count(row => train.Vector("x")[(row * 40) + i] > 0);
            Assert.InRange(plus, 4750, 5250);                                  // five standard deviations
        }
        Assert.All(tables.Distribution("train").RowsPerClass, rows => Assert.InRange(rows, 4750, 5250));
        Assert.Equal(0, tables.Distribution("validation").InTrain);
    }

    [Fact]
    public void More_rows_begin_with_the_same_rows()
    {
        var (few, many) = (DatasetBuilder.Build(Parity(40, 3, 100)).Splits["train"], DatasetBuilder.Build(Parity(40, 3, 200)).Splits["train"]);
        Assert.Equal(few.Vector("x").ToArray(), many.Vector("x")[..(40 * 100)].ToArray());
    }

    [Theory]
    [InlineData(0, 1, "with.n", "n is 0; give 1 to 10000"), InlineData(4, 5, "with.k", "k is 5, a row has 4 features; give 1 to 4")]
    [InlineData(5, 2, "split.train", "the parts ask for 510 rows; with n = 5 there are only 32 different ones")]
    public void A_parity_that_cannot_be_is_refused(int n, int k, string option, string text)
    {
        var problem = Parity(n, k, 500).OnlyProblem();
        Assert.Equal(option, problem.Option);
        Assert.StartsWith(text, problem.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_share_of_drawn_rows_is_refused()
    {
        var spec = Parity(40, 3, 100) with { Split = new() { Train = SplitPart.Of(0.3), Validation = new() { Rows = 0 } } };
        Assert.Equal(["split.train", "split.validation.rows"], spec.Problems().Select(problem => problem.Option));
    }

    [Fact]
    public void Hidden_bits_stand_beside_the_operands_and_say_nothing()
    {
        var set = new HiddenBits(new HiddenBitsOptions { Modulus = 97, Op = "div", Bits = 70 });
        var sums = new ModularArithmetic(new ModularArithmeticOptions { Op = "div" }).All;
        Assert.Equal(sums.Int64("c").ToArray(), set.All.Int64("c").ToArray());
        Assert.Equal((InputKind.Features, 264, 97, "c"), (set.Facts.Kind, set.Facts.FeatureCount, set.Facts.Classes, set.Facts.Target));
        var ones = new int[70];
        for (var row = 0; row < set.All.Rows; row++)
        {
            var x = set.All.Vector("x").Slice(row * 264, 264).ToArray();
            Assert.Equal([(int)sums.Int64("a")[row]], Hot(x[..97]));
            Assert.Equal([(int)sums.Int64("b")[row]], Hot(x[97..194]));
            foreach (var bit in Hot(x[194..])) { ones[bit]++; }
        }
        Assert.All(ones, count => Assert.InRange(count, 4656 - 250, 4656 + 250));      // half of 9,312; five standard deviations
    }

    [Fact]
    public void More_bits_keep_those_that_were_there_and_none_is_the_plain_operation()
    {
        Table few = Bits(0, 5), many = Bits(0, 30), other = Bits(1, 30), none = Bits(0, 0);
        for (var row = 0; row < 49; row++)
        {
            Assert.Equal(few.Vector("x").Slice(row * 19, 19).ToArray(), many.Vector("x").Slice(row * 44, 19).ToArray());
            Assert.Equal(2, Hot(none.Vector("x").Slice(row * 14, 14).ToArray()).Length);
        }
        Assert.NotEqual(many.Vector("x").ToArray(), other.Vector("x").ToArray());

        static Table Bits(ulong seed, int bits) => new HiddenBits(new HiddenBitsOptions { Bits = bits, BitsSeed = seed }).All;
    }

    [Theory]
    [InlineData(7, -1, "bits", "bits is -1; give 0 to 10000"), InlineData(8, 10, "modulus", "modulus is 8; give a prime")]
    [InlineData(997, 10, "modulus", "997 squared rows of 2004 features are 1,991,994,036 numbers; at most 100,000,000")]
    public void Bits_out_of_range_are_refused(int modulus, int bits, string option, string text)
    {
        var problem = Assert.Single(new HiddenBitsOptions { Modulus = modulus, Bits = bits }.Problems());
        Assert.Equal(option, problem.Option);
        Assert.StartsWith(text, problem.Problem, StringComparison.Ordinal);
    }

    /// <summary>These datasets change only with a stated reason.</summary>
    [Fact]
    public void The_same_seed_gives_the_same_rows_everywhere()
    {
        var hidden = new DatasetSpec
        {
            Use = "hidden_bits", With = new HiddenBitsOptions(), Split = new() { Train = SplitPart.Of(0.5), Validation = SplitPart.Remaining },
        };
        var group = new DatasetSpec
        {
            Use = "permutations", With = new PermutationsOptions { N = 4 }, Split = new() { Train = SplitPart.Of(0.5), Validation = SplitPart.Remaining },
        };
        var hashes = string.Join(", ", new[] { Parity(40, 3, 100), hidden, group }.SelectMany(spec => DatasetBuilder.Build(spec).Card.Distributions)
            .Select(card => card.ContentHash[..12]));
        Assert.True(hashes == "385c004199b2, 80b9f76d23f1, 434558e673d5, 76f2a30574c0, 1957038e00ef, 0a350ed87093", hashes);
    }

    private static DatasetSpec Parity(int n, int k, int rows) => new()
    {
        Use = "sparse_parity",
        With = new SparseParityOptions { N = n, K = k },
        Split = new SplitSpec { Train = new SplitPart { Rows = rows }, Validation = new SplitPart { Rows = 10 } },
    };

    private static int[] Hot(float[] x) => [.. Enumerable.Range(0, x.Length).Where(i => x[i] == 1)];
}
