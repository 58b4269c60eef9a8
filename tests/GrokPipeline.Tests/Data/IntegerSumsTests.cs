using GrokPipeline.Data;
using GrokPipeline.Data.Generators;

namespace GrokPipeline.Tests.Data;

public sealed class IntegerSumsTests
{
    [Fact]
    public void Three_values_give_the_rows_that_one_lists_by_hand()
    {
        Assert.Equal([(0, 0, 0), (0, 1, 1), (0, 2, 2), (1, 1, 2), (1, 2, 3), (2, 2, 4)], Rows(new() { Values = 3 }));
        Assert.Equal(
            [(0, 0, 0), (0, 1, 1), (0, 2, 2), (1, 0, 1), (1, 1, 2), (1, 2, 3), (2, 0, 2), (2, 1, 3), (2, 2, 4)],
            Rows(new() { Values = 3, Pairs = OperandPairs.Ordered }));
    }

    [Fact]
    public void Ten_values_give_the_fifty_five_rows_of_the_paper()
    {
        var all = new IntegerSums(new()).All;
        Assert.Equal(55, all.Rows);
        Assert.Equal(Enumerable.Range(0, 55).Select(row => (long)row), all.Int64("row").ToArray());
        // The sum s has ⌊s/2⌋ + 1 pairs up to 9, then as many as 18 − s.
        var counts = all.Int64("c").ToArray().CountBy(sum => sum).OrderBy(pair => pair.Key).Select(pair => pair.Value);
        Assert.Equal([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1], counts);
    }

    [Fact]
    public void The_facts_say_what_a_model_must_know()
    {
        var facts = new IntegerSums(new()).Facts;
        Assert.Equal((InputKind.Operands, 19, 10, "c", "a + b, a ≤ b"),
            (facts.Kind, facts.Classes, facts.OperandValues, facts.Target, facts.Operation));
        Assert.Equal(["a", "b"], facts.Operands);
        Assert.Equal("a + b", new IntegerSums(new() { Pairs = OperandPairs.Ordered }).Facts.Operation);
    }

    [Fact]
    public void Forty_five_rows_of_fifty_five_can_be_asked_for_exactly()
    {
        var tables = DatasetBuilder.Build(Spec(new SplitPart { Rows = 45 }));
        Assert.Equal((45, 10), (tables.Splits["train"].Rows, tables.Splits["validation"].Rows));
        var rows = tables.Splits.Values.SelectMany(table => table.Int64("row").ToArray());
        Assert.Equal(Enumerable.Range(0, 55).Select(row => (long)row), rows.Order());
        // An unordered pair has no twin but itself.
        var validation = tables.Distribution("validation");
        Assert.Equal((0, 0), (validation.InTrain, validation.TwinsInTrain));
    }

    [Theory]
    [InlineData(1), InlineData(0), InlineData(1022), InlineData(int.MinValue)]
    public void A_number_of_values_out_of_range_is_refused(int values)
    {
        var problem = (Spec(SplitPart.Of(0.5)) with { With = new IntegerSumsOptions { Values = values } }).OnlyProblem();
        Assert.Equal("with.values", problem.Option);
        Assert.Equal($"values is {values}; give a number from 2 to 1021, for instance 10.", problem.Problem);
    }

    /// <summary>The dataset of the preset. It changes only with a stated reason.</summary>
    [Fact]
    public void The_same_seed_gives_the_same_rows_everywhere()
    {
        var hashes = string.Join(", ", DatasetBuilder.Build(Spec(new SplitPart { Rows = 45 })).Card.Distributions
            .Select(card => $"{card.Name} {card.ContentHash[..12]}"));
        Assert.True(hashes == "train ec1013ad5535, validation b2599634d815", hashes);
    }

    private static DatasetSpec Spec(SplitPart train) => new()
    {
        Use = "integer_sums",
        With = new IntegerSumsOptions(),
        Split = new SplitSpec { Train = train, Validation = SplitPart.Remaining },
    };

    private static IEnumerable<(long, long, long)> Rows(IntegerSumsOptions options)
    {
        var all = new IntegerSums(options).All;
        return [.. Enumerable.Range(0, all.Rows).Select(row => (all.Int64("a")[row], all.Int64("b")[row], all.Int64("c")[row]))];
    }
}
