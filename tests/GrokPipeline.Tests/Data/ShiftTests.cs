using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Data.ShiftKinds;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Data;

public sealed class ShiftTests
{
    [Theory]
    [InlineData("add"), InlineData("sub"), InlineData("div"), InlineData("x^3+xy^2+y")]
    public void Swapped_operands_are_the_twins_of_train_that_train_lacks(string op)
    {
        var spec = Specs.Modular(13, op, 3, 0.4, new ShiftSpec("swapped", "operand_order", new OperandOrderOptions { Minus = "train" }));
        var tables = DatasetBuilder.Build(spec);
        var train = Triples(tables.Splits["train"]).Select(row => (row.A, row.B)).ToHashSet();
        var table = Triples(tables.Splits.Values).ToDictionary(row => (row.A, row.B), row => row.C);
        var expected = train.Select(pair => (pair.B, pair.A)).Where(pair => !train.Contains(pair) && table.ContainsKey(pair)).Order();
        var swapped = Triples(tables.Shifts["swapped"]).ToList();
        Assert.Equal(expected, swapped.Select(row => (row.A, row.B)).Order());
        Assert.All(swapped, row => Assert.Equal(table[(row.A, row.B)], row.C));
        Assert.Equal((0, swapped.Count), Overlap(tables, "swapped"));
    }

    [Fact]
    public void The_order_of_the_equation_itself_changes_nothing()
    {
        var spec = Specs.Modular(13, "sub", 0, 0.4, new ShiftSpec("same", "operand_order", new OperandOrderOptions { Order = ["a", "b"] }));
        var tables = DatasetBuilder.Build(spec);
        Assert.Equal(ContentHash.Of(tables.Splits["train"]), ContentHash.Of(tables.Shifts["same"]));
    }

    [Fact]
    public void A_label_prior_draws_by_its_weights()
    {
        var spec = Specs.Modular(13, "add", 0, 0.4,
            new ShiftSpec("skewed", "label_prior", new LabelPriorOptions { Weight = "c", Rows = 100_000 }));
        var tables = DatasetBuilder.Build(spec);
        var validation = tables.Splits["validation"].Int64("c").ToArray();
        var counts = tables.Distribution("skewed").RowsPerClass;
        Assert.Equal(0, counts[0]);
        for (var c = 1; c < 13; c++)
        {
            var share = validation.Count(label => label == c) * (double)c / validation.Sum();
            Assert.InRange(counts[c], (100_000 * share) - 500, (100_000 * share) + 500);     // five standard deviations at most
        }
        Assert.Empty(Triples(tables.Shifts["skewed"]).Except(Triples(tables.Splits["validation"])));
    }

    [Theory]
    [InlineData("c - 5", "is -5 for row"), InlineData("1 / c", "is Infinity for row"), InlineData("0", "add up to 0"),
        InlineData("c < 5", "true or false")]
    [InlineData("1 / (1 + d)", "there is no 'd' here"), InlineData("", "no weight is given")]
    public void A_weight_that_is_none_is_told(string weight, string text)
    {
        var spec = Specs.Modular(13, "add", 0, 0.4, new ShiftSpec("skewed", "label_prior", new LabelPriorOptions { Weight = weight }));
        Assert.Equal("shifts.skewed.weight", spec.OnlyProblem().Option);
        Assert.Contains(text, spec.OnlyProblem().Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0), InlineData(0.25), InlineData(1.0)]
    public void Label_noise_changes_the_stated_share_of_labels_and_says_which(double rate)
    {
        var tables = DatasetBuilder.Build(Specs.Modular(23, "add", 0, 0.4, Specs.Noise("noisy", rate)));
        var (clean, noisy) = (tables.Splits["validation"], tables.Shifts["noisy"]);
        Assert.Equal(clean.Int64("c").ToArray(), noisy.Int64("clean").ToArray());
        Assert.Equal(clean.Int64("row").ToArray(), noisy.Int64("row").ToArray());
        var changed = Enumerable.Range(0, clean.Rows).Where(row => clean.Int64("c")[row] != noisy.Int64("c")[row]).ToArray();
        Assert.Equal((int)Math.Round((decimal)rate * clean.Rows, MidpointRounding.AwayFromZero), changed.Length);
        Assert.Equal(changed, Enumerable.Range(0, clean.Rows).Where(row => noisy.Bool("noisy")[row]));
        Assert.All(noisy.Int64("c").ToArray(), label => Assert.InRange(label, 0, 22));
    }

    [Fact]
    public void More_noise_keeps_the_noise_that_was_there()
    {
        var less = DatasetBuilder.Build(Specs.Modular(23, "add", 0, 0.4, Specs.Noise("noisy", 0.1))).Shifts["noisy"];
        var more = DatasetBuilder.Build(Specs.Modular(23, "add", 0, 0.4, Specs.Noise("noisy", 0.3))).Shifts["noisy"];
        Assert.All(Enumerable.Range(0, less.Rows).Where(row => less.Bool("noisy")[row]), row =>
        {
            Assert.True(more.Bool("noisy")[row]);
            Assert.Equal(less.Int64("c")[row], more.Int64("c")[row]);
        });
    }

    [Fact]
    public void A_shift_changes_no_split_and_no_other_shift()
    {
        var alone = DatasetBuilder.Build(Specs.Modular(23, "add", 0, 0.4, Specs.Noise("noisy", 0.3)));
        var beside = DatasetBuilder.Build(Specs.Modular(23, "add", 0, 0.4,
            new ShiftSpec("skewed", "label_prior", new LabelPriorOptions { Weight = "1 + c", Rows = 77 }), Specs.Noise("noisy", 0.3)));
        Assert.Equal(Hashes(alone.Splits), Hashes(beside.Splits));
        Assert.Equal(ContentHash.Of(alone.Shifts["noisy"]), ContentHash.Of(beside.Shifts["noisy"]));
        Assert.Equal(["skewed", "noisy"], beside.Shifts.Keys);
    }

    [Fact]
    public void A_subpopulation_holds_the_subclasses_that_are_rare_in_train()
    {
        var tables = DatasetBuilder.Build(Specs.Gaussian(Geometry.Equivariant, 200, 3, 0.0, 400, 0, Specs.Shifted(1201)));
        var counts = tables.Distribution("shifted").RowsPerGroup;
        for (var subclass = 0; subclass < 40; subclass++)
        {
            Assert.Equal(subclass % 10 < 7 ? 0 : subclass == 7 ? 101 : 100, counts[subclass]);
        }
        Assert.Equal(1.0, tables.Distribution("shifted").GroupShift, 12);
    }

    [Theory]
    [InlineData("kept", "0 2 4 6"), InlineData("all", "0 1 2 3 4 5 6 7"), InlineData("5, 1", "1 5")]
    public void Subclasses_may_be_named_otherwise(string text, string expected)
    {
        var shift = new ShiftSpec("some", "subpopulation",
            new SubpopulationOptions { Subclasses = SubclassChoice.FromText(text), Rows = 80 });
        var counts = DatasetBuilder.Build(Specs.Gaussian(shifts: shift)).Distribution("some").RowsPerGroup;
        Assert.Equal(expected, string.Join(' ', Enumerable.Range(0, 8).Where(subclass => counts[subclass] > 0)));
    }

    [Fact]
    public void A_covariate_shift_of_other_drawn_features_is_refused_with_what_does_it()
    {
        var spec = new DatasetSpec
        {
            Use = "xor_clusters", With = new XorClustersOptions { Dimensions = 8 },
            Split = new SplitSpec { Train = new SplitPart { Rows = 8 }, Validation = new SplitPart { Rows = 8 } },
            Shifts = [new("wide", "covariate", new CovariateOptions())],
        };
        var problem = spec.OnlyProblem();
        Assert.Equal("shifts.wide.kind", problem.Option);
        Assert.Equal("covariate is for gaussian_subclasses; for other features use rescale, for instance factor: 1 and noise: 0.25.",
            problem.Problem);
    }

    [Fact]
    public void A_covariate_shift_with_the_same_spread_draws_from_the_same_distribution_and_a_wider_one_does_not()
    {
        var tables = DatasetBuilder.Build(Specs.Gaussian(shifts: [Specs.Wide(0.15, 4000), Specs.Wide(0.25, 4000) with { Name = "wider" }]));
        Assert.Equal(0.15, Spread(tables.Shifts["wide"]), 0.002);
        Assert.Equal(0.25, Spread(tables.Shifts["wider"]), 0.003);
    }

    [Fact]
    public void Mistakes_name_the_shift_and_its_option()
    {
        ShiftSpec[] shifts =
        [
            Specs.HeldOut("band", "(a - b) % 97 <"), Specs.HeldOut("none", "a > 97"), Specs.HeldOut("all", "a >= 0"),
                Specs.HeldOut("empty", " "),
            Specs.HeldOut("train", "a < 3"), Specs.HeldOut("../x", "a < 3"), Specs.Noise("noise", 1.5), Specs.Wide(), Specs.Shifted(),
            new("swap", "operand_order", new OperandOrderOptions { Order = ["a", "c"], Of = "trian", Minus = "test" }),
            new("odd", "label_shuffle", new LabelNoiseOptions()), new("mixed", "label_noise", new CovariateOptions()),
                Specs.Noise("noise", 0.1),
        ];
        var problems = Specs.Modular(shifts: shifts).Problems().Select(problem => $"{problem.Option}: {problem.Problem}").ToList();
        string[] expected =
        [
            "shifts.band.where: '(a - b) % 97 <', position 15: it ends where", "shifts.none.where: no row has a > 97",
                "shifts.all.where: every row has a >= 0",
            "shifts.empty.where: no rows are named", "shifts.train: the name train is taken", "shifts.../x: '../x' is no name",
            "shifts.noise.rate: rate is 1.5", "shifts.wide.kind: covariate is for", "shifts.shifted.kind: subpopulation needs",
            "shifts.swap.order: order is not an order of the operands a, b",
                "shifts.swap.minus: there is no split 'test'",
            "shifts.swap.of: there is no split 'trian'; this dataset has train, validation. Did you mean 'train'?", "shifts.odd.kind: There is no shift named 'label_shuffle'",
            "shifts.mixed: label_noise takes LabelNoiseOptions", "shifts.noise: the name noise is taken",
        ];
        Assert.Equal(expected.Length, problems.Count);
        Assert.All(expected.Zip(problems), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("shiftd", "Did you mean 'shifted'?"), InlineData("1, x", "Give shifted, kept, all"),
        InlineData("-1", "Give shifted, kept, all")]
    public void A_wrong_choice_of_subclasses_is_explained(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<GrokException>(() => SubclassChoice.FromText(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Subclasses_that_are_not_there_are_refused()
    {
        Assert.Contains("no subclass is rare in train", Specs.Gaussian(shifted: 0, rate: 1, shifts: Specs.Shifted()).OnlyProblem().Problem,
            StringComparison.Ordinal);
        var shift = new ShiftSpec("some", "subpopulation", new SubpopulationOptions { Subclasses = SubclassChoice.FromText("8") });
        Assert.Contains("there is no subclass 8; they are 0 to 7", Specs.Gaussian(shifts: shift).OnlyProblem().Problem,
            StringComparison.Ordinal);
    }

    private static IEnumerable<(long A, long B, long C)> Triples(params IEnumerable<Table> tables) => tables.SelectMany(table =>
        Enumerable.Range(0, table.Rows).Select(row => (table.Int64("a")[row], table.Int64("b")[row], table.Int64("c")[row])).ToArray());

    private static (int InTrain, int Twins) Overlap(DatasetTables tables, string name) =>
        (tables.Distribution(name).InTrain, tables.Distribution(name).TwinsInTrain);

    private static IEnumerable<string> Hashes(IReadOnlyDictionary<string, Table> tables) => tables.Values.Select(ContentHash.Of);

    // The standard deviation inside subclasses, over all features.
    private static double Spread(Table table)
    {
        var (sum, count) = (0.0, 0);
        foreach (var group in Enumerable.Range(0, table.Rows).GroupBy(row => table.Int64("subclass")[row]))
        {
            for (var i = 0; i < 117; i++)
            {
                var values = group.Select(row => (double)table.Vector("x")[(row * 117) + i]).ToArray();
                var mean = values.Average();
                sum += values.Sum(value => (value - mean) * (value - mean));
                count += values.Length - 1;
            }
        }
        return Math.Sqrt(sum / count);
    }
}
