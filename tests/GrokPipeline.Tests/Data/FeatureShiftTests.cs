using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Data.ShiftKinds;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Data;

public sealed class FeatureShiftTests
{
    [Theory]
    [InlineData(0.0), InlineData(0.5), InlineData(3.0)]
    public void A_translation_moves_every_row_by_the_same_vector_of_that_length(double distance)
    {
        var tables = DatasetBuilder.Build(Specs.Gaussian(shifts: [Moved("moved", distance), Moved("other", 2 * distance)]));
        var (before, after) = (Rows(tables.Splits["validation"]), Rows(tables.Shifts["moved"]));
        double[][] moves = [.. before.Zip(after, (x, y) => x.Zip(y, (a, b) => (double)b - a).ToArray())];
        Assert.All(moves, move => Assert.Equal(distance, Math.Sqrt(move.Sum(value => value * value)), 1e-5));
        Assert.All(moves, move => Assert.All(move.Zip(moves[0]), pair => Assert.Equal(pair.Second, pair.First, 1e-5)));
        // The random direction is the dataset's: twice as far is along the same line.
        Assert.All(Rows(tables.Shifts["other"])[0].Zip(before[0], (y, x) => (double)y - x).Zip(moves[0]),
            pair => Assert.Equal(2 * pair.Second, pair.First, 1e-5));
    }

    [Fact]
    public void A_given_direction_is_brought_to_the_distance()
    {
        ImmutableArray<double> direction = [3, 4, .. Enumerable.Repeat(0.0, 115)];
        var tables = DatasetBuilder.Build(Specs.Gaussian(shifts: [Moved("moved", 10, direction)]));
        var (before, after) = (Rows(tables.Splits["validation"])[7], Rows(tables.Shifts["moved"])[7]);
        Assert.Equal(6f, after[0] - before[0], 1e-5f);
        Assert.Equal(8f, after[1] - before[1], 1e-5f);
        Assert.Equal(before[2..], after[2..]);
    }

    [Theory]
    [InlineData(0.0), InlineData(0.25), InlineData(0.9), InlineData(1.0)]
    public void A_mark_agrees_with_the_label_at_the_stated_rate_and_otherwise_tells_another_class(double rate)
    {
        var tables = DatasetBuilder.Build(Specs.Gaussian(validation: 4000, shifts: [Marked("marked", rate)]));
        var (before, marked) = (tables.Splits["validation"], tables.Shifts["marked"]);
        var (labels, marks) = (marked.Int64("label").ToArray(), marked.Int64("attribute").ToArray());
        Assert.Equal(rate, labels.Zip(marks).Average(pair => pair.First == pair.Second ? 1.0 : 0.0), 0.03);       // four standard errors
        Assert.All(marks, mark => Assert.InRange(mark, 0, 3));
        // The mark is one feature of one row that is 2 larger, and nothing else is changed.
        var (x, y) = (Rows(before), Rows(marked));
        Assert.All(Enumerable.Range(0, 4000), row => Assert.All(Enumerable.Range(0, 117),
            i => Assert.Equal(i == 5 + marks[row] ? x[row][i] + 2f : x[row][i], y[row][i])));
        if (rate == 0.25)
        {
            var others = labels.Zip(marks).Where(pair => pair.First != pair.Second).CountBy(pair => pair.Second).ToArray();
            Assert.All(others, count => Assert.InRange(count.Value, 650, 850));                                 // 750 of each
        }
    }

    [Fact]
    public void A_mark_in_train_and_none_or_another_rate_elsewhere()
    {
        var spec = Specs.Gaussian(shifts: [Marked("against", 0), new("unmarked", "spurious_attribute", new SpuriousAttributeOptions { Size = 0 })]);
        var plain = DatasetBuilder.Build(spec);
        var tables = DatasetBuilder.Build(spec with
        {
            TrainShift = [new ShiftStep("spurious_attribute", new SpuriousAttributeOptions { Rate = 1, Size = 2 })],
        });
        Assert.Equal(tables.Splits["train"].Int64("label").ToArray(), tables.Splits["train"].Int64("attribute").ToArray());
        Assert.NotEqual(Rows(plain.Splits["train"])[0], Rows(tables.Splits["train"])[0]);
        Assert.Equal(ContentHash.Of(plain.Splits["validation"]), ContentHash.Of(tables.Splits["validation"]));
        Assert.All(Rows(tables.Splits["validation"]).Zip(Rows(tables.Shifts["unmarked"])), pair => Assert.Equal(pair.First, pair.Second));
        Assert.DoesNotContain(true, tables.Shifts["against"].Int64("label").ToArray()
            .Zip(tables.Shifts["against"].Int64("attribute").ToArray(), (label, mark) => label == mark));
    }

    [Fact]
    public void Mistakes_are_told_with_the_nearest_valid_choice()
    {
        AssertProblem(Moved("moved", -1), "shifts.moved.distance", "from 0 to 1e6");
        AssertProblem(Moved("moved", 1, [1, 0]), "shifts.moved.direction", "direction has 2 numbers; give one for each of 117 features");
        AssertProblem(Moved("moved", 1, [0, 0]), "shifts.moved.direction", "not all 0");
        AssertProblem(Marked("marked", 1.5), "shifts.marked.rate", "from 0 to 1");
        AssertProblem(new("marked", "spurious_attribute", new SpuriousAttributeOptions { At = 114 }), "shifts.marked.at", "give 0 to 113");
        var operands = Specs.Modular(7, shifts: Moved("moved", 1)).OnlyProblem();
        Assert.Contains("translate needs a dataset of features", operands.Problem, StringComparison.Ordinal);
    }

    private static ShiftSpec Moved(string name, double distance, ImmutableArray<double> direction = default) =>
        new(name, "translate", new TranslateOptions { Distance = distance, Direction = direction.IsDefault ? [] : direction });

    private static ShiftSpec Marked(string name, double rate) =>
        new(name, "spurious_attribute", new SpuriousAttributeOptions { Rate = rate, Size = 2, At = 5 });

    private static void AssertProblem(ShiftSpec shift, string option, string text)
    {
        var problem = Specs.Gaussian(shifts: shift).OnlyProblem();
        Assert.Equal(option, problem.Option);
        Assert.Contains(text, problem.Problem, StringComparison.Ordinal);
    }

    private static float[][] Rows(Table table) =>
        [.. Enumerable.Range(0, table.Rows).Select(row => table.Vector("x").Slice(row * 117, 117).ToArray())];
}
