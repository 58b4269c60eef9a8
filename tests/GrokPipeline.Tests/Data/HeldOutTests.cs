using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Data.ShiftKinds;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Data;

/// <summary>Regions taken out before the split, and twins kept together or apart.</summary>
public sealed class HeldOutTests
{
    [Theory]
    [InlineData("c", 3L, 7L), InlineData("a", 0L, 22L), InlineData("b", 5L, 5L)]
    public void Rows_with_held_out_values_are_in_no_split(string column, long first, long second)
    {
        var tables = DatasetBuilder.Build(Specs.Modular(23, "add", 0, 0.4, Values(new() { Column = column, Values = [first, second] })));
        Assert.Equal(new[] { first, second }.Distinct(), tables.Shifts["held"].Int64(column).ToArray().Distinct().Order());
        Assert.Equal(23 * new[] { first, second }.Distinct().Count(), tables.Shifts["held"].Rows);
        Assert.All(tables.Splits.Values, table => Assert.DoesNotContain(table.Int64(column).ToArray(), value => value == first || value == second));
        Assert.Equal(529, tables.Splits.Values.Sum(table => table.Rows) + tables.Shifts["held"].Rows);
    }

    [Fact]
    public void A_range_may_be_open_on_either_side()
    {
        Assert.Equal([5, 6, 7], Held(new() { Column = "a", From = 5, To = 7 }));
        Assert.Equal([20, 21, 22], Held(new() { Column = "b", From = 20 }));
        Assert.Equal([0, 1], Held(new() { Column = "c", To = 1 }));
        Assert.Equal([0, 3, 9], Held(new() { Column = "c", Values = [9, 0, 3] }));
    }

    [Fact]
    public void Values_chosen_at_random_are_as_many_as_asked_and_more_keep_the_fewer()
    {
        var (three, five) = (Held(new() { Count = 3 }), Held(new() { Count = 5 }));
        Assert.Equal((3, 5), (three.Length, five.Length));
        Assert.Empty(three.Except(five));
        Assert.NotEqual(three, Held(new() { Count = 3 }, seed: 1));
    }

    [Fact]
    public void A_rate_of_0_leaves_the_split_as_it_is_and_the_region_is_what_train_lacks_of_it()
    {
        var plain = DatasetBuilder.Build(Specs.Modular(23, "add", 0, 0.4));
        foreach (var shift in (ShiftSpec[])[Values(new() { Values = [3, 7], Rate = 0 }), Rows(0)])
        {
            var tables = DatasetBuilder.Build(Specs.Modular(23, "add", 0, 0.4, shift));
            Assert.Equal(plain.Splits.Values.Select(ContentHash.Of), tables.Splits.Values.Select(ContentHash.Of));
            var validation = plain.Splits["validation"];
            var expected = Enumerable.Range(0, validation.Rows).Where(row => validation.Int64("c")[row] is 3 or 7)
                .Select(row => validation.Int64("row")[row]);
            Assert.Equal(expected, tables.Shifts["held"].Int64("row").ToArray());
        }
    }

    [Fact]
    public void A_higher_rate_takes_more_rows_and_keeps_those_it_took()
    {
        var dataset = new ModularArithmetic(new ModularArithmeticOptions { Modulus = 23 });
        var taken = ((double[])[0, 0.25, 0.75, 1]).Select(rate => new HeldOutRows(new() { Where = "c = 3 or c = 7", Rate = rate })
            .Takes(dataset, new Seed(5))).ToArray();
        Assert.Equal([0, 12, 35, 46], taken.Select(rows => rows.Count(took => took)));           // 11.5 and 34.5 round up
        Assert.All(taken.Zip(taken[1..]), pair => Assert.All(pair.First.Zip(pair.Second), row => Assert.True(!row.First || row.Second)));
    }

    [Fact]
    public void A_region_may_be_the_first_of_several_steps()
    {
        var shift = Rows(1) with { Then = [new ShiftStep("label_noise", new LabelNoiseOptions { Rate = 1 })] };
        var tables = DatasetBuilder.Build(Specs.Modular(23, "add", 0, 0.4, shift));
        Assert.Equal((46, 46), (tables.Shifts["held"].Rows, tables.Distribution("held").WrongLabels));
        Assert.All(tables.Splits.Values, table => Assert.DoesNotContain(table.Int64("c").ToArray(), c => c is 3 or 7));
    }

    [Theory]
    [InlineData("d", 1, "column: there is no column 'd' of integers; use one of: row, a, b, c."), InlineData("c", 23, "count: count is 23, c takes 23 values")]
    [InlineData("c", 0, "count: count is 0; give at least 1.")]
    public void Values_that_cannot_be_held_out_are_refused(string column, int count, string text)
    {
        var problem = Specs.Modular(23, "add", 0, 0.4, Values(new() { Column = column, Count = count })).OnlyProblem();
        Assert.StartsWith($"shifts.held.{text}", $"{problem.Option}: {problem.Problem}", StringComparison.Ordinal);
    }

    [Fact]
    public void Other_mistakes_of_held_out_values_are_refused_with_the_nearest_choice()
    {
        Assert.Contains("no row has c = 23; its values are from 0 to 22", Text(new() { Values = [3, 23] }), StringComparison.Ordinal);
        Assert.Contains("give exactly one of", Text(new()), StringComparison.Ordinal);
        Assert.Contains("give exactly one of", Text(new() { Count = 2, From = 3 }), StringComparison.Ordinal);
        Assert.Contains("no value lies between", Text(new() { From = 5, To = 3 }), StringComparison.Ordinal);
        Assert.Contains("no row has c from 23 on", Text(new() { From = 23 }), StringComparison.Ordinal);
        Assert.Contains("every row has c up to 22", Text(new() { To = 22 }), StringComparison.Ordinal);
        Assert.Contains("rate is NaN", Text(new() { Count = 2, Rate = double.NaN }), StringComparison.Ordinal);

        static string Text(HeldOutValuesOptions options) => Specs.Modular(23, "add", 0, 0.4, Values(options)).OnlyProblem().Problem;
    }

    [Theory]
    [InlineData("add", 0.3), InlineData("sub", 0.5), InlineData("div", 0.77)]
    public void Twins_that_stay_together_leak_into_no_other_part(string op, double share)
    {
        var tables = DatasetBuilder.Build(Twins(TwinRule.Together, op, share));
        Assert.Equal(0, tables.Distribution("validation").TwinsInTrain);
        var free = DatasetBuilder.Build(Twins(null, op, share));
        Assert.InRange(free.Splits["train"].Rows - tables.Splits["train"].Rows, 0, 1);
        Assert.True(free.Distribution("validation").TwinsInTrain > 0);
        Assert.Equal(Rows(free).Order(), Rows(tables).Order());
    }

    [Fact]
    public void Twins_that_stay_apart_are_not_both_in_train()
    {
        var tables = DatasetBuilder.Build(Twins(TwinRule.Apart, "add", 0.4));
        var pairs = Pairs(tables.Splits["train"]);
        Assert.Equal(212, pairs.Count);
        Assert.All(pairs.Where(pair => pair.A != pair.B), pair => Assert.DoesNotContain((pair.B, pair.A), pairs));
        Assert.Equal(529, Rows(tables).Distinct().Count());
        // 276 pairs are unordered, so that train can have no more.
        var error = Assert.Throws<GrokException>(() => DatasetBuilder.Build(Twins(TwinRule.Apart, "add", 0.6)));
        Assert.Equal(("split.train", "train asks for 317 rows apart from their twins; there are 276."), (error.Where, error.Problem));
        Assert.Contains("at most 276", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Free_twins_are_split_as_without_the_option()
    {
        var (free, unsaid) = (DatasetBuilder.Build(Twins(TwinRule.Free, "add", 0.3)), DatasetBuilder.Build(Twins(null, "add", 0.3)));
        Assert.Equal(unsaid.Splits.Values.Select(ContentHash.Of), free.Splits.Values.Select(ContentHash.Of));
    }

    [Fact]
    public void Twins_need_operands_and_a_train_that_is_not_the_rest()
    {
        var bits = new DatasetSpec
        {
            Use = "hidden_bits", With = new HiddenBitsOptions(),
            Split = new() { Train = SplitPart.Of(0.5), Validation = SplitPart.Remaining, Twins = TwinRule.Together },
        };
        Assert.Equal("rows of this dataset have no twins; leave twins out.", bits.OnlyProblem().Problem);
        var rest = Specs.Modular(23) with { Split = new() { Train = SplitPart.Remaining, Validation = SplitPart.Of(0.5), Twins = TwinRule.Apart } };
        Assert.Equal("split.twins", rest.OnlyProblem().Option);
    }

    private static ShiftSpec Values(HeldOutValuesOptions options) => new("held", "held_out_values", options);

    private static ShiftSpec Rows(double rate) =>
        new("held", "held_out_rows", new HeldOutRowsOptions { Where = "c = 3 or c = 7", Rate = rate });

    private static long[] Held(HeldOutValuesOptions options, ulong seed = 0) =>
    [
        .. DatasetBuilder.Build(Specs.Modular(23, "sub", seed, 0.4, Values(options))).Shifts["held"].Int64(options.Column).ToArray()
            .Distinct().Order(),
    ];

    private static DatasetSpec Twins(TwinRule? rule, string op, double share) => Specs.Modular(23, op) with
    {
        Split = new() { Train = SplitPart.Of(share), Validation = SplitPart.Remaining, Twins = rule },
    };

    private static IEnumerable<long> Rows(DatasetTables tables) => tables.Splits.Values.SelectMany(table => table.Int64("row").ToArray());

    private static HashSet<(long A, long B)> Pairs(Table table) =>
        [.. Enumerable.Range(0, table.Rows).Select(row => (table.Int64("a")[row], table.Int64("b")[row]))];
}
