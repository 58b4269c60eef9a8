using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Data.ShiftKinds;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Data;

/// <summary>Shifts of rows that are there, one after the other, of splits and of train itself.</summary>
public sealed class StepTests
{
    /// <summary>Every kind of step with its strength at 0.</summary>
    public static TheoryData<string, IOptions> Identities => new()
    {
        { "operand_order", new OperandOrderOptions { Rate = 0, Minus = "train" } },
        { "label_noise", new LabelNoiseOptions { Rate = 0 } },
        { "outliers", new OutliersOptions { Rows = 0 } },
        { "outliers", new OutliersOptions { Rows = 0, Sense = OutlierSense.Code } },
        { "clean_labels", new CleanLabelsOptions() },
        { "imbalance", new ImbalanceOptions { Strength = 0 } },
        { "thin_out", new ThinOutOptions { Where = "c < 5", Rate = 0 } },
        { "select_rows", new SelectRowsOptions { Where = "a >= 0" } },
    };

    /// <summary>Every kind of step on lists with its strength at 0.</summary>
    public static TheoryData<string, IOptions> ListIdentities => new()
    {
        { "sequence_length", new SequenceLengthOptions { By = 0 } },
        { "sequence_order", new SequenceOrderOptions { Share = 0 } },
        { "sequence_format", new SequenceFormatOptions { By = 0 } },
        { "sequence_format", new SequenceFormatOptions { Change = FormatChange.Swapped, Share = 0 } },
    };

    [Theory, MemberData(nameof(ListIdentities))]
    public void A_step_on_lists_of_strength_0_changes_nothing(string kind, IOptions options)
    {
        var lists = SequenceDatasetTests.Lists(new());
        var spec = kind == "sequence_order" ? lists : lists with { Use = "digit_addition", With = new DigitAdditionOptions() };
        var plain = DatasetBuilder.Build(spec);
        var stepped = DatasetBuilder.Build(spec with { TrainShift = [new ShiftStep(kind, options)] });
        Assert.Equal(ContentHash.Of(plain.Splits["train"]), ContentHash.Of(stepped.Splits["train"]));
    }

    [Theory, MemberData(nameof(Identities))]
    public void A_step_of_strength_0_changes_nothing(string kind, IOptions options)
    {
        var plain = DatasetBuilder.Build(Specs.Modular(23, "sub", 0, 0.4));
        var shift = new ShiftSpec("same", "select_rows", new SelectRowsOptions { Of = "train", Where = "a >= 0" })
        {
            Then = [new ShiftStep(kind, options)],
        };
        var tables = DatasetBuilder.Build(Specs.Modular(23, "sub", 0, 0.4, shift) with { TrainShift = [new ShiftStep(kind, options)] });
        foreach (var table in (Table[])[tables.Splits["train"], tables.Shifts["same"]])
        {
            Assert.Equal(Quadruples(plain.Splits["train"]), Quadruples(table));
        }
        Assert.Equal(ContentHash.Of(plain.Splits["validation"]), ContentHash.Of(tables.Splits["validation"]));
        Assert.Equal(0, tables.Distribution("train").WrongLabels);
    }

    [Fact]
    public void Features_that_are_rescaled_with_strength_0_stay_as_they_are_and_with_1_become_what_is_said()
    {
        var tables = DatasetBuilder.Build(Specs.Gaussian(shifts:
        [
            Rescaled("same", new() { Factor = 3, Offset = 1, Noise = 2, Strength = 0 }), Rescaled("half", new() { Factor = 3, Offset = 1, Strength = 0.5 }),
            Rescaled("noisy", new() { Noise = 2 }),
        ]));
        var x = tables.Splits["validation"].Vector("x").ToArray();
        Assert.Equal(ContentHash.Of(tables.Splits["validation"]), ContentHash.Of(tables.Shifts["same"]));
        Assert.Equal(Array.ConvertAll(x, value => (2.0 * value) + 0.5), Array.ConvertAll(tables.Shifts["half"].Vector("x").ToArray(), v => (double)v),
            (expected, actual) => Math.Abs(expected - actual) < 1e-5);
        var squares = x.Zip(tables.Shifts["noisy"].Vector("x").ToArray(), (before, after) => (double)(after - before) * (after - before));
        Assert.Equal(2.0, Math.Sqrt(squares.Average()), 0.05);

        static ShiftSpec Rescaled(string name, RescaleOptions options) => new(name, "rescale", options);
    }

    [Fact]
    public void Outliers_in_the_papers_sense_are_rows_of_train_with_answers_of_train()
    {
        var (clean, few, many) = (Train([]), Train([Outliers(100)]), Train([Outliers(500)]));
        foreach (var (table, rows) in ((Table, int)[])[(few, 100), (many, 500)])
        {
            Assert.Equal(clean.Int64("c").ToArray(), table.Int64("clean").ToArray());
            Assert.Equal(clean.Int64("row").ToArray(), table.Int64("row").ToArray());
            // One answer in 97 is right by luck: more than 20 of 500 would be six standard deviations.
            Assert.InRange(table.Bool("noisy").Count(true), rows - 20, rows);
            Assert.All(Noisy(table), row => Assert.NotEqual(clean.Int64("c")[row], table.Int64("c")[row]));
        }
        Assert.All(Noisy(few), row => Assert.Equal(few.Int64("c")[row], many.Int64("c")[row]));

        // Answers are those of the rows that are there, and here there are two kinds.
        var two = Train([new ShiftStep("select_rows", new SelectRowsOptions { Where = "c = 3 or c = 8" }), Outliers(30)]);
        Assert.Equal([3, 8], two.Int64("c").ToArray().Distinct().Order());
        Assert.InRange(two.Bool("noisy").Count(true), 5, 25);
    }

    [Fact]
    public void Outliers_in_the_codes_sense_are_the_first_of_the_shuffled_list()
    {
        // A train of 200 rows is the beginning of the list: all of them are outliers, and the same ones in a larger train.
        var small = DatasetBuilder.Build(Specs.Modular(23) with
        {
            Split = new() { Train = new SplitPart { Rows = 200 }, Validation = SplitPart.Remaining },
        }).Splits["train"].Int64("row").ToArray().ToHashSet();
        var spec = Specs.Modular(23, train: 0.6) with { TrainShift = [Outliers(200, OutlierSense.Code)] };
        var tables = DatasetBuilder.Build(spec);
        var train = tables.Splits["train"];
        var noisy = Noisy(train).Select(row => train.Int64("row")[row]).ToList();
        Assert.All(noisy, row => Assert.Contains(row, small));
        Assert.InRange(noisy.Count, 170, 199);                    // one in 23 is right by luck: 191 are expected, 3 the standard deviation
        Assert.Equal(noisy.Count, tables.Distribution("train").WrongLabels);
        Assert.Equal(0, tables.Distribution("validation").WrongLabels);

        var error = Assert.Throws<GrokException>(() => DatasetBuilder.Build(spec with
        {
            TrainShift = [new ShiftStep("select_rows", new SelectRowsOptions { Where = "a > 0" }), Outliers(200, OutlierSense.Code)],
        }));
        Assert.Equal("train_shift[1]", error.Where);
        Assert.Contains("of the shuffled list is not among the rows", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void More_outliers_than_rows_are_refused_with_the_number() => Assert.Contains("Give at most 212.",
        Assert.Throws<GrokException>(() => DatasetBuilder.Build(Specs.Modular(23, train: 0.4) with { TrainShift = [Outliers(213)] })).Remedy,
        StringComparison.Ordinal);

    [Fact]
    public void Noisy_and_clean_rows_of_train_can_be_scored_apart_by_either_label()
    {
        var noise = new ShiftStep("label_noise", new LabelNoiseOptions { Rate = 0.35 });
        var noisyRows = new ShiftSpec("memorized", "select_rows", new SelectRowsOptions { Of = "train", Where = "noisy = 1" });
        var spec = Specs.Modular(23, train: 0.4, shifts:
        [
            noisyRows, noisyRows with { Name = "corrected", Then = [new ShiftStep("clean_labels", new CleanLabelsOptions())] },
            new("clean_rows", "select_rows", new SelectRowsOptions { Of = "train", Where = "noisy = 0" }),
        ]);
        var tables = DatasetBuilder.Build(spec with { TrainShift = [noise] });
        Assert.Equal((212, 74, 74, 138), (tables.Splits["train"].Rows, tables.Shifts["memorized"].Rows, tables.Shifts["corrected"].Rows,
            tables.Shifts["clean_rows"].Rows));                                                   // 0.35 · 212 = 74.2
        Assert.Equal((74, 74, 0, 0), (tables.Distribution("train").WrongLabels, tables.Distribution("memorized").WrongLabels,
            tables.Distribution("corrected").WrongLabels, tables.Distribution("clean_rows").WrongLabels));
        Assert.All(Quadruples(tables.Shifts["corrected"]), row => Assert.Equal((row.A + row.B) % 23, row.C));
        Assert.All(Quadruples(tables.Shifts["memorized"]), row => Assert.NotEqual((row.A + row.B) % 23, row.C));
    }

    [Fact]
    public void Steps_go_on_with_the_rows_of_the_step_before()
    {
        var shift = new ShiftSpec("chain", "select_rows", new SelectRowsOptions { Where = "c < 5" })
        {
            Then =
            [
                new ShiftStep("thin_out", new ThinOutOptions { Where = "c = 4", Rate = 1 }),
                new ShiftStep("label_noise", new LabelNoiseOptions { Rate = 0.5 }),
            ],
        };
        var tables = DatasetBuilder.Build(Specs.Modular(23, train: 0.4, shifts: shift));
        var (validation, chain) = (Quadruples(tables.Splits["validation"]), tables.Shifts["chain"]);
        Assert.Equal(validation.Where(row => row.C < 4).Select(row => row.Row), chain.Int64("row").ToArray());
        Assert.Equal((int)Math.Round(chain.Rows / 2.0, MidpointRounding.AwayFromZero), tables.Distribution("chain").WrongLabels);
        var card = tables.Distribution("chain");
        Assert.Equal("select_rows, thin_out, label_noise", card.Kind);
        Assert.Equal(
            "Subpopulation and Concept shift: rows of validation with c < 5; then a share of 1 of those with c = 4 left out; then "
            + "a share of 0.5 with one of the other labels", card.Description);
    }

    [Theory]
    [InlineData(0.0), InlineData(0.5), InlineData(0.9)]
    public void An_imbalance_keeps_shares_that_fall_by_the_same_factor(double strength)
    {
        var spec = Specs.Modular(97, train: 0.5) with { TrainShift = [new ShiftStep("imbalance", new ImbalanceOptions { Strength = strength })] };
        var (before, after) = (DatasetBuilder.Build(Specs.Modular(97, train: 0.5)).Distribution("train").RowsPerClass,
            DatasetBuilder.Build(spec).Distribution("train").RowsPerClass);
        for (var c = 0; c < 97; c++) { Assert.Equal(before[c] * Math.Pow(1 - strength, c / 96.0), after[c], 0.5000001); }
    }

    [Fact]
    public void A_subclass_of_train_can_be_made_rare_or_missing_in_any_dataset()
    {
        foreach (var (rate, rows) in ((double, int)[])[(0.2, 40), (1, 0)])
        {
            var spec = Specs.Gaussian(shifted: 0, rate: 1) with
            {
                TrainShift = [new ShiftStep("thin_out", new ThinOutOptions { Where = "subclass = 3", Rate = rate })],
            };
            Assert.Equal([50, 50, 50, rows, 50, 50, 50, 50], DatasetBuilder.Build(spec).Distribution("train").RowsPerGroup);
        }
    }

    [Fact]
    public void Train_has_its_own_shift_and_the_other_parts_have_none()
    {
        var spec = Specs.Modular(23, train: 0.4, shifts: Specs.Noise("noisy", 0.1));
        var shifted = spec with { TrainShift = [new ShiftStep("label_noise", new LabelNoiseOptions { Rate = 0.1 })] };
        var (before, after) = (DatasetBuilder.Build(spec), DatasetBuilder.Build(shifted));
        Assert.Equal(ContentHash.Of(before.Splits["validation"]), ContentHash.Of(after.Splits["validation"]));
        Assert.Equal(ContentHash.Of(before.Shifts["noisy"]), ContentHash.Of(after.Shifts["noisy"]));
        Assert.Equal(ContentHash.Of(after.Splits["train"]), ContentHash.Of(DatasetBuilder.Splits(shifted)["train"]));
        Assert.Equal("split train: 0.4; then a share of 0.1 with one of the other labels", after.Distribution("train").Description);
    }

    [Fact]
    public void Mistakes_name_the_step_and_its_option()
    {
        var spec = Specs.Modular(23, train: 0.4, shifts: new ShiftSpec("chain", "label_noise", new LabelNoiseOptions())
        {
            Then =
            [
                new("held_out_rows", new HeldOutRowsOptions { Where = "a < 3" }), new("thin_out", new ThinOutOptions { Where = "d < 3" }),
                new("imbalance", new ImbalanceOptions { By = ImbalanceBy.Group }), new("select_rows", new SelectRowsOptions { Where = "a + b" }),
            ],
        }) with
        {
            TrainShift =
            [
                new("rescale", new RescaleOptions { Factor = 2 }), new("imbalance", new ImbalanceOptions { Strength = 1 }),
                new("outliers", new OutliersOptions { Rows = -1 }), new("rescale", new RescaleOptions()), new("noise", new LabelNoiseOptions()),
            ],
        };
        string[] expected =
        [
            "train_shift[0].kind: rescale needs a dataset of features", "train_shift[1].strength: strength is 1; give a number from 0",
            "train_shift[2].rows: rows is -1; give at least 0.", "train_shift[3].factor: nothing is changed",
            "train_shift[4].kind: There is no shift named 'noise'",
            "shifts.chain[1].kind: held_out_rows does not change rows that are there", "shifts.chain[2].where: 'd < 3', position 1: there is no 'd'",
            "shifts.chain[3].by: this dataset has no groups", "shifts.chain[4].where: 'a + b' gives a number",
        ];
        var problems = spec.Problems().Select(problem => $"{problem.Option}: {problem.Problem}").ToList();
        Assert.Equal(expected.Length, problems.Count);
        Assert.All(expected.Zip(problems), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
        var code = Specs.Gaussian() with { TrainShift = [Outliers(3, OutlierSense.Code)] };
        Assert.Contains("use sense: paper", code.OnlyProblem().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_on_classes_refuse_real_targets()
    {
        var spec = new DatasetSpec
        {
            Use = "polynomial",
            With = new PolynomialOptions(),
            Split = new SplitSpec { Train = new SplitPart { Rows = 20 }, Validation = new SplitPart { Rows = 20 } },
            TrainShift =
            [
                new("label_noise", new LabelNoiseOptions()), new("outliers", new OutliersOptions()), new("clean_labels", new CleanLabelsOptions()),
                new("imbalance", new ImbalanceOptions()), new("rescale", new RescaleOptions { Factor = 2 }),
            ],
        };
        Assert.Equal([0, 1, 2, 3], spec.Problems().Select(problem => problem.Option[12] - '0'));
        Assert.All(spec.Problems(), problem => Assert.Contains("this dataset has real targets", problem.Problem, StringComparison.Ordinal));
    }

    private static Table Train(params ShiftStep[] steps) =>
        DatasetBuilder.Build(Specs.Modular(97, "add", 0, 0.3) with { TrainShift = [.. steps] }).Splits["train"];

    private static ShiftStep Outliers(int rows, OutlierSense sense = OutlierSense.Paper) =>
        new("outliers", new OutliersOptions { Rows = rows, Sense = sense });

    private static int[] Noisy(Table table) => [.. Enumerable.Range(0, table.Rows).Where(row => table.Bool("noisy")[row])];

    private static (long Row, long A, long B, long C)[] Quadruples(Table table) =>
    [
        .. Enumerable.Range(0, table.Rows)
            .Select(row => (table.Int64("row")[row], table.Int64("a")[row], table.Int64("b")[row], table.Int64("c")[row])),
    ];
}
