using GrokPipeline.Data;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Data;

public sealed class SplitTests
{
    public static TheoryData<string, SplitSpec, string, string> Mistakes => new()
    {
        { "no train", new() { Validation = SplitPart.Remaining }, "split.train", "no train is asked for" },
        { "zero", new() { Train = SplitPart.Of(0) }, "split.train", "the share is 0; give a number above 0 and below 1" },
        { "one", new() { Train = SplitPart.Of(1) }, "split.train", "the share is 1;" },
        { "above one", new() { Train = SplitPart.Of(1.5) }, "split.train", "the share is 1.5;" },
        { "nan", new() { Train = SplitPart.Of(double.NaN) }, "split.train", "the share is NaN;" },
        { "too much", new() { Train = SplitPart.Of(0.7), Validation = SplitPart.Of(0.4) }, "split.train", "the shares add up to 1.1" },
        { "two rests", new() { Train = SplitPart.Remaining, Test = SplitPart.Remaining }, "split.validation", "rest is asked for twice" },
        { "no rows", new() { Train = new SplitPart { Rows = 0 } }, "split.train", "rows is 0; give at least 1" },
        { "both", new() { Train = new SplitPart { Rows = 5, Fraction = 0.5 } }, "split.train", "Give exactly one" },
        { "subclasses", new() { Train = new SplitPart { Fraction = 0.5, SubclassRate = 0.5 } }, "split.train", "has no subclasses" },
    };

    [Theory]
    [InlineData(0.3, 2823), InlineData(0.5, 4705), InlineData(0.001, 9)]
    public void Train_and_rest_part_all_rows_without_overlap(double share, int rows)
    {
        var tables = DatasetBuilder.Build(Specs.Modular(train: share));
        var (train, validation) = (Rows(tables.Splits["train"]), Rows(tables.Splits["validation"]));
        Assert.Equal(rows, train.Length);
        Assert.Empty(train.Intersect(validation));
        Assert.Equal(9409, train.Union(validation).Count());
        Assert.Equal(train.Order(), train);
        Assert.Equal(["train", "validation"], tables.Splits.Keys);
    }

    [Theory]
    [InlineData(0.5, 0.5, null, 4705, 4704, 0), InlineData(0.5, 0.25, 0.25, 4705, 2352, 2352), InlineData(0.3, 0.3, null, 2823, 2823, 0)]
    public void Shares_take_no_more_rows_than_there_are(
        double train, double validation, double? test, int trainRows, int validationRows, int testRows)
    {
        var spec = Specs.Modular() with
        {
            Split = new()
            {
                Train = SplitPart.Of(train), Validation = SplitPart.Of(validation), Test = test is { } share ? SplitPart.Of(share) : null,
            },
        };
        var splits = DatasetBuilder.Build(spec).Splits;
        int[] found = [splits["train"].Rows, splits["validation"].Rows, splits.TryGetValue("test", out var rows) ? rows.Rows : 0];
        Assert.Equal([trainRows, validationRows, testRows], found);
        Assert.Equal(found.Sum(), splits.Values.SelectMany(Rows).Distinct().Count());
    }

    [Fact]
    public void Shares_and_row_counts_may_be_mixed()
    {
        var spec = Specs.Modular(23) with
        {
            Split = new()
            {
                Train = new SplitPart { Rows = 100 },
                Validation = SplitPart.Of(0.5),
                Test = SplitPart.Remaining
            }
        };
        var splits = DatasetBuilder.Build(spec).Splits;
        Assert.Equal((100, 265, 164), (splits["train"].Rows, splits["validation"].Rows, splits["test"].Rows));      // 264.5 rounds up
        Assert.Equal(529, splits.Values.SelectMany(Rows).Distinct().Count());
    }

    [Fact]
    public void A_smaller_train_is_part_of_a_larger_one()
    {
        var small = Rows(DatasetBuilder.Build(Specs.Modular(train: 0.25)).Splits["train"]);
        var large = Rows(DatasetBuilder.Build(Specs.Modular(train: 0.3)).Splits["train"]);
        Assert.Empty(small.Except(large));
    }

    [Fact]
    public void What_is_asked_of_validation_does_not_move_train()
    {
        var rest = DatasetBuilder.Build(Specs.Modular());
        var part = DatasetBuilder.Build(Specs.Modular()
            with
        { Split = new() { Train = SplitPart.Of(0.3), Validation = SplitPart.Of(0.1) } });
        Assert.Equal(ContentHash.Of(rest.Splits["train"]), ContentHash.Of(part.Splits["train"]));
    }

    [Fact]
    public void Another_seed_gives_another_split()
    {
        var (first, second) = (Rows(DatasetBuilder.Build(Specs.Modular()).Splits["train"]),
            Rows(DatasetBuilder.Build(Specs.Modular(seed: 1)).Splits["train"]));
        var common = first.Intersect(second).Count();
        Assert.InRange(common, 700, 1000);                    // 0.3² of 9,409 rows is 847; five standard deviations are 110
    }

    [Fact]
    public void Held_out_rows_are_in_no_split()
    {
        var tables = DatasetBuilder.Build(Specs.DefaultModular());
        var band = tables.Shifts["band"];
        Assert.Equal(970, band.Rows);
        for (var row = 0; row < band.Rows; row++)
        {
            Assert.InRange((band.Int64("a")[row] - band.Int64("b")[row] + 97) % 97, 0, 9);
        }
        Assert.Empty(Rows(band).Intersect(tables.Splits.Values.SelectMany(Rows)));
        Assert.Equal(9409, Rows(band).Concat(tables.Splits.Values.SelectMany(Rows)).Distinct().Count());
        Assert.Equal(2532, tables.Splits["train"].Rows);       // 0.3 of the 8,439 rows that are left, 2531.7
    }

    [Theory, MemberData(nameof(Mistakes))]
    public void A_split_that_makes_no_sense_is_told_with_its_option(string name, SplitSpec split, string option, string text)
    {
        Assert.NotEmpty(name);
        var problems = (Specs.Modular() with { Split = split }).Problems().ToList();
        Assert.Contains(problems, problem => problem.Option == option && problem.Problem.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public void More_rows_than_there_are_is_an_error_with_the_numbers()
    {
        var spec = Specs.Modular(7) with
        {
            Split = new()
            {
                Train = new SplitPart { Rows = 40 },
                Validation = new SplitPart { Rows = 20 }
            }
        };
        var error = Assert.Throws<GrokException>(() => DatasetBuilder.Build(spec));
        Assert.Equal("split.validation", error.Where);
        Assert.Contains("asks for 20 rows; 9 of 49 are left", error.Problem, StringComparison.Ordinal);
        Assert.Equal("Give validation at most 9 rows.", error.Remedy);
    }

    [Fact]
    public void The_most_rows_that_train_may_have_leave_the_other_parts_theirs()
    {
        SplitSpec Split(int train) => new()
        {
            Train = new SplitPart { Rows = train }, Validation = new SplitPart { Rest = true }, Test = new SplitPart { Rows = 5 },
        };
        var error = Assert.Throws<GrokException>(() => DatasetBuilder.Build(Specs.Modular(7) with { Split = Split(60) }));
        Assert.Equal("Give train at most 43 rows.", error.Remedy);
        Assert.Equal([43, 1, 5], DatasetBuilder.Build(Specs.Modular(7) with { Split = Split(43) }).Splits.Values.Select(rows => rows.Rows));
    }

    [Theory]
    [InlineData("0.3", "0.3"), InlineData("rest", "rest"), InlineData("1e-1", "0.1")]
    public void The_short_form_is_read(string text, string expected) => Assert.Equal(expected, SplitPart.FromText(text).ToString());

    [Theory]
    [InlineData("rst", "Did you mean 'rest'?"), InlineData("30%", "Give a share such as 0.3"),
        InlineData("0,3", "Give a share such as 0.3")]
    public void A_wrong_short_form_is_explained(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<GrokException>(() => SplitPart.FromText(text)).Message, StringComparison.Ordinal);

    private static long[] Rows(Table table) => table.Int64("row").ToArray();
}
