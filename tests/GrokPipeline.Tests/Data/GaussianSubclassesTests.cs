using System.Collections.Immutable;
using System.Numerics;
using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Data;

public sealed class GaussianSubclassesTests
{
    /// <summary>Rows of a rare and of another subclass by Eq. 1, for 4 rare and 4 others; by hand from the paper's formula.</summary>
    public static TheoryData<int, double, int, int> Counts
    {
        get
        {
            double[] rates = [0, 0.01, 0.05, 0.2, 1];
            (int Rows, string Line)[] lines =
            [
                (100, "0/25 1/24 2/23 5/20 12/12"), (200, "0/50 1/49 3/47 9/41 25/25"), (400, "0/100 1/99 5/95 17/83 50/50"),
                (800, "0/200 2/198 10/190 34/166 100/100"), (4000, "0/1000 10/990 48/952 167/833 500/500"),
                    (5000, "0/1250 13/1237 60/1190 209/1041 625/625"),
            ];
            var data = new TheoryData<int, double, int, int>();
            foreach (var (rows, line) in lines)
            {
                foreach (var (rate, pair) in rates.Zip(line.Split(' ').Select(pair => pair.Split('/'))))
                {
                    data.Add(rows, rate, int.Parse(pair[0], null), int.Parse(pair[1], null));
                }
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Counts))]
    public void Counts_are_those_of_equation_1(int rows, double rate, int rare, int other)
    {
        Assert.Equal((rare, other), ImbalancedCounts.Of(rows, 4, 4, rate));
        var spec = Specs.Gaussian(rows: rows, rate: rate) with { With = new GaussianSubclassesOptions { Dimensions = 1 } };
        var counts = DatasetBuilder.Build(spec).Distribution("train").RowsPerGroup;
        Assert.Equal(Enumerable.Range(0, 8).Select(subclass => subclass % 2 == 1 ? rare : other), counts);
    }

    [Fact]
    public void The_worked_example_of_the_paper_gives_84_and_416() => Assert.Equal((84, 416), ImbalancedCounts.Of(2000, 4, 4, 0.2));

    [Fact]
    public void Counts_are_exact_where_doubles_would_round_up()
    {
        // f·γ_D / (f·γ_s + γ_r) is a whole number in each case; in doubles some come out a hair above it.
        for (var k = 1; k <= 500; k++)
        {
            for (var tenths = 1; tenths < 10; tenths++)
            {
                var rows = k * ((tenths * 4) + 40);          // then a rare subclass gets exactly k·tenths, another one 10·k
                Assert.Equal((k * tenths, 10 * k), ImbalancedCounts.Of(rows, 4, 4, tenths / 10.0));
            }
        }
    }

    [Theory]
    [InlineData(1e-300, 1, 99), InlineData(0.3333333333333333, 25, 75), InlineData(1.5e-5, 1, 99)]
    public void Any_rate_gives_the_rounding_that_is_stated(double rate, int rare, int other) =>
        Assert.Equal((rare, other), ImbalancedCounts.Of(400, 4, 4, rate));

    [Fact]
    public void Equidistant_words_are_a_clique_at_distance_2()
    {
        var geometry = new SubclassGeometry(Geometry.Equidistant, 9);
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128], geometry.Words);
        Assert.All(Pairs(geometry.Words), pair => Assert.Equal(2, BitOperations.PopCount((uint)(pair.First ^ pair.Second))));
    }

    [Fact]
    public void Equivariant_words_are_four_centres_at_distance_6_and_their_neighbours()
    {
        var geometry = new SubclassGeometry(Geometry.Equivariant, 9);
        Assert.Equal(10, geometry.PerClass);
        Assert.Equal(40, geometry.Words.Distinct().Count());
        Assert.All(geometry.Words, word => Assert.InRange(word, 0, 511));
        var centres = geometry.Words.Where((_, i) => i % 10 == 0).ToArray();
        Assert.Equal([63, 240, 323, 396], centres);
        Assert.All(Pairs(centres), pair => Assert.Equal(6, BitOperations.PopCount((uint)(pair.First ^ pair.Second))));
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(i % 10 == 0 ? 0 : 1, BitOperations.PopCount((uint)(geometry.Words[i] ^ centres[i / 10])));
        }
    }

    [Theory]
    [InlineData(Geometry.Equidistant, 16), InlineData(Geometry.Equivariant, 16), InlineData(Geometry.Equidistant, 8)]
    public void Other_numbers_of_positions_keep_the_distances(Geometry geometry, int positions) =>
        Assert.Equal(geometry == Geometry.Equidistant ? 8 : 68, new SubclassGeometry(geometry, positions).Words.Length);

    [Theory]
    [InlineData(Geometry.Equidistant), InlineData(Geometry.Equivariant)]
    public void Squared_distances_of_the_means_are_hamming_distances(Geometry geometry)
    {
        // Without spread a row is its subclass's mean.
        var spec = Specs.Gaussian(geometry, 80, 0, 1)
            with
        { With = new GaussianSubclassesOptions { Geometry = geometry, Sigma = 0, MeanDistance = 2 } };
        var train = DatasetBuilder.Build(spec).Splits["train"];
        var words = new SubclassGeometry(geometry, 9).Words;
        var means = Enumerable.Range(0, words.Length).Select(subclass => Row(train, train.Int64("subclass").IndexOf(subclass))).ToArray();
        foreach (var (i, j) in Pairs(Enumerable.Range(0, words.Length)))
        {
            var distance = means[i].Zip(means[j], (x, y) => ((double)x - y) * ((double)x - y)).Sum();
            Assert.Equal(4.0 * BitOperations.PopCount((uint)(words[i] ^ words[j])), distance, 4);
        }
    }

    [Fact]
    public void The_least_significant_bit_is_the_first_position()
    {
        var spec = Specs.Gaussian(rows: 80, rate: 1) with { With = new GaussianSubclassesOptions { Sigma = 0 } };
        var train = DatasetBuilder.Build(spec).Splits["train"];
        var (first, second) = (Row(train, train.Int64("subclass").IndexOf(0)),
            Row(train, train.Int64("subclass").IndexOf(1)));   // words 1 and 2
        Assert.Equal(first[..13].Select(x => -x), second[..13]);
        Assert.Equal(first[13..26].Select(x => -x), second[13..26]);
        Assert.Equal(first[26..], second[26..]);
    }

    [Fact]
    public void Features_have_the_stated_spread_and_no_correlation()
    {
        var spec = Specs.Gaussian(rows: 80, validation: 8000) with { With = new GaussianSubclassesOptions() };
        var (noisy, mean) = (DatasetBuilder.Build(spec).Splits["validation"],
            DatasetBuilder.Build(spec with { With = new GaussianSubclassesOptions { Sigma = 0 } }).Splits["validation"]);
        var (x, m) = (noisy.Vector("x").ToArray(), mean.Vector("x").ToArray());
        var z = x.Zip(m, (value, centre) => (value - (double)centre) / 0.15).ToArray();
        Assert.Equal(0.0, z.Average(), 0.006);                                           // six standard errors of 936,000 values
        Assert.Equal(1.0, z.Average(value => value * value), 0.009);
        Assert.Equal(3.0, z.Average(value => value * value * value * value), 0.065);
        Assert.Equal(0.0, Enumerable.Range(0, 8000).Average(row => z[row * 117] * z[(row * 117) + 1]), 0.07);
        Assert.Equal(0.0, Enumerable.Range(0, 7999).Average(row => z[row * 117] * z[(row + 1) * 117]), 0.07);
    }

    [Fact]
    public void Validation_and_test_are_uniform_over_the_subclasses()
    {
        var tables = DatasetBuilder.Build(Specs.Gaussian(Geometry.Equivariant, 200, 3, 0.0, 403));
        Assert.Equal(Enumerable.Range(0, 40).Select(subclass => subclass < 3 ? 11 : 10), tables.Distribution("validation").RowsPerGroup);
        Assert.All(tables.Distribution("test").RowsPerGroup, count => Assert.Equal(25, count));
        Assert.Equal(Enumerable.Range(0, 40).Select(subclass => subclass % 10 < 7 ? 7 : 0), tables.Distribution("train").RowsPerGroup);
        Assert.Equal(0.3, tables.Distribution("test").GroupShift, 12);
        Assert.All(tables.Splits.Values, table => Assert.All(Enumerable.Range(0, table.Rows),
            row => Assert.Equal(table.Int64("subclass")[row] / 10, table.Int64("label")[row])));
    }

    [Fact]
    public void Changing_validation_changes_no_row_of_train_or_test()
    {
        var (first, second) = (DatasetBuilder.Build(Specs.Gaussian()), DatasetBuilder.Build(Specs.Gaussian(validation: 123)));
        Assert.Equal(ContentHash.Of(first.Splits["train"]), ContentHash.Of(second.Splits["train"]));
        Assert.Equal(ContentHash.Of(first.Splits["test"]), ContentHash.Of(second.Splits["test"]));
        Assert.NotEqual(ContentHash.Of(first.Splits["train"]),
            ContentHash.Of(DatasetBuilder.Build(Specs.Gaussian(seed: 1)).Splits["train"]));
    }

    [Fact]
    public void A_larger_train_holds_the_rows_of_a_smaller_one()
    {
        var (small, large) = (DatasetBuilder.Build(Specs.Gaussian(rows: 100)).Splits["train"],
            DatasetBuilder.Build(Specs.Gaussian(rows: 400)).Splits["train"]);
        var rows = Enumerable.Range(0, large.Rows).Select(row => string.Join(' ', Row(large, row))).ToHashSet();
        Assert.All(Enumerable.Range(0, small.Rows), row => Assert.Contains(string.Join(' ', Row(small, row)), rows));
    }

    [Fact]
    public void No_row_of_a_split_or_shift_is_in_train()
    {
        var tables = DatasetBuilder.Build(Specs.Gaussian(shifts: [Specs.Shifted(), Specs.Wide()]));
        Assert.All(tables.Card.Distributions.Where(card => card.Name != "train"), card => Assert.Equal(0, card.InTrain));
        Assert.Equal(tables.Splits["train"].Rows, tables.Distribution("train").InTrain);
    }

    [Fact]
    public void Single_subclasses_may_have_factors_of_their_own()
    {
        // 280 rows, Σf = 0.5 + 0 + 0.2 + 5 others = 5.7; the paper's formula with f of each: ⌈0.5·280/5.7⌉ = 25, ⌈9.82⌉ = 10, ⌊49.1⌋ = 49.
        Assert.Equal([49, 25, 49, 0, 49, 10, 49, 49], RatedCounts(280, new() { ["1"] = 0.5, ["3"] = 0, ["5"] = 0.2 }));
        Assert.Equal(
            DatasetBuilder.Build(Specs.Gaussian(rows: 200, rate: 0.05)).Distribution("train").RowsPerGroup,
            RatedCounts(200, new() { ["1"] = 0.05, ["3"] = 0.05, ["5"] = 0.05, ["7"] = 0.05 }));
    }

    [Fact]
    public void A_subclass_that_train_asks_for_is_never_empty()
    {
        // ⌊6/(0.2·4 + 4)⌋ = 1 and ⌊4/4.8⌋ = 0: 5 rows are the fewest that give one to each.
        Assert.Equal("split.train.rows", Specs.Gaussian(rows: 4).OnlyProblem().Option);
        Assert.Contains("give at least 5, or a rate of 0", Specs.Gaussian(rows: 4).OnlyProblem().Problem, StringComparison.Ordinal);
        Assert.All(DatasetBuilder.Build(Specs.Gaussian(rows: 5)).Distribution("train").RowsPerGroup, rows => Assert.Equal(1, rows));
        Assert.Equal([1, 0, 1, 0, 1, 0, 1, 0], DatasetBuilder.Build(Specs.Gaussian(rows: 4, rate: 0)).Distribution("train").RowsPerGroup);
    }

    [Theory]
    [InlineData("8", 0.5, "they are 0 to 7"), InlineData("one", 0.5, "no subclass one"), InlineData("1", 1.5, "from 0 (none) to 1"),
        InlineData("-1", 0.5, "no subclass -1"), InlineData("1", double.NaN, "from 0 (none) to 1")]
    public void A_factor_of_no_subclass_or_out_of_range_is_refused(string subclass, double rate, string text) =>
        AssertProblem(Rated(280, new() { [subclass] = rate }), "split.train.subclass_rates", text);

    [Fact]
    public void Rows_can_be_made_in_any_order_and_piece_by_piece()
    {
        var (spec, whole) = (Specs.Gaussian(), DatasetBuilder.Build(Specs.Gaussian()).Splits["train"]);
        var source = new GaussianSubclasses(new GaussianSubclassesOptions()).Sources(spec.Split, new Seed(0))[0].Rows;
        foreach (var (first, count) in (IEnumerable<(int, int)>)[(350, 44), (0, 1), (17, 200)])
        {
            Assert.Equal(ContentHash.Of(whole.Select([.. Enumerable.Range(first, count)])), ContentHash.Of(source.Read(first, count)));
        }
    }

    [Fact]
    public void Mistakes_are_all_told_with_their_options()
    {
        var options = new GaussianSubclassesOptions
        {
            Geometry = Geometry.Equivariant,
            Positions = 8,
            Dimensions = 0,
            MeanDistance = double.NaN,
            Sigma = -1
        };
        Assert.Equal(["positions", "dimensions", "mean_distance", "sigma"], options.Problems().Select(problem => problem.Option));
        AssertProblem(Specs.Gaussian(shifted: 2), "split.train.shifted_per_class", "give 0 to 1");
        AssertProblem(Specs.Gaussian(rate: 1.5), "split.train.subclass_rate", "from 0 (none) to 1");
        AssertProblem(Specs.Gaussian(shifted: 0), "split.train.subclass_rate", "no effect without shifted_per_class");
        AssertProblem(Specs.Gaussian(rows: 3, shifted: 0, rate: 1), "split.train.rows", "leave none");
        AssertProblem(Specs.Gaussian() with { Split = new() { Train = SplitPart.Of(0.3) } }, "split.train", "drawn, not listed");
        AssertProblem(Specs.Gaussian() with { Split = new() { Train = new SplitPart { Rows = int.MaxValue } } }, "split.train.rows",
            "give 1 to 10000000");
        AssertProblem(Specs.Gaussian() with
        {
            Split = new()
            {
                Train = new SplitPart { Rows = 80 },
                Test = new SplitPart { Rows = 8, SubclassRate = 0.5 }
            }
        }, "split.test", "only train may have rare ones");
        AssertProblem(Specs.Gaussian(shifts: Specs.HeldOut("band", "label < 2")), "shifts.band.kind",
            "needs a dataset that lists all its rows");
    }

    private static DatasetSpec Rated(int rows, Dictionary<string, double> rates) => Specs.Gaussian() with
    {
        Split = new() { Train = new SplitPart { Rows = rows, SubclassRates = rates.ToImmutableSortedDictionary(StringComparer.Ordinal) } },
    };

    private static IEnumerable<int> RatedCounts(int rows, Dictionary<string, double> rates) =>
        DatasetBuilder.Build(Rated(rows, rates)).Distribution("train").RowsPerGroup;

    private static void AssertProblem(DatasetSpec spec, string option, string text)
    {
        var problem = spec.OnlyProblem();
        Assert.Equal(option, problem.Option);
        Assert.Contains(text, problem.Problem, StringComparison.Ordinal);
    }

    private static float[] Row(Table table, int row) => table.Vector("x").Slice(row * 117, 117).ToArray();

    private static IEnumerable<(int First, int Second)> Pairs(IEnumerable<int> items)
    {
        var all = items.ToArray();
        return from i in Enumerable.Range(0, all.Length) from j in Enumerable.Range(0, i) select (all[i], all[j]);
    }
}
