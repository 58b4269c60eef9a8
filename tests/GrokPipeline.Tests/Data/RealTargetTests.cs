using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Data.ShiftKinds;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Data;

public sealed class RealTargetTests
{
    [Fact]
    public void A_linear_teacher_is_found_from_as_many_rows_as_there_are_inputs()
    {
        var table = Build("teacher_student", new TeacherStudentOptions { Inputs = 3, Outputs = 2, Hidden = [] }, 40).Splits["train"];
        var (x, y) = (table.Vector("x").ToArray(), table.Vector("y").ToArray());
        for (var output = 0; output < 2; output++)
        {
            // Three weights and the bias, from four rows.
            var solved = Solve(4, (row, column) => column < 3 ? x[(row * 3) + column] : 1, row => y[(row * 2) + output]);
            for (var row = 4; row < 40; row++)
            {
                var expected = solved[3] + Enumerable.Range(0, 3).Sum(i => solved[i] * x[(row * 3) + i]);
                Assert.Equal(expected, y[(row * 2) + output], 1e-4);
            }
        }
    }

    [Fact]
    public void A_teacher_of_one_steep_tanh_says_one_of_two_numbers()
    {
        var options = new TeacherStudentOptions { Inputs = 2, Outputs = 1, Hidden = [1], Scale = 1e4, Init = TeacherInit.Normal };
        var y = Build("teacher_student", options, 500).Splits["train"].Vector("y").ToArray();
        var high = y.Max();
        Assert.InRange(y.Count(value => Math.Abs(Math.Abs(value) - high) < 1e-6 * high), 490, 500);
        Assert.InRange(y.Count(value => value > 0), 150, 350);
    }

    [Fact]
    public void A_target_of_the_polynomial_is_half_the_square_of_a_standard_normal_number()
    {
        var one = Build("polynomial", new PolynomialOptions { Dimensions = 1 }, 20).Splits["train"];
        Assert.All(
            Enumerable.Range(0, 20), row => Assert.Equal(one.Vector("x")[row] * one.Vector("x")[row] / 2, one.Vector("y")[row], 1e-6));
        var many = Build("polynomial", new PolynomialOptions { Dimensions = 50 }, 4000).Splits["train"];
        Assert.Equal(0.5, many.Vector("y").ToArray().Average(), 0.05);
        Assert.Equal(1.0 / 50, many.Vector("x").ToArray().Average(value => value * value), 0.001);
    }

    [Fact]
    public void Fixed_features_are_powers_and_a_fast_sine_of_the_target()
    {
        var table = Build("fixed_features", new FixedFeaturesOptions(), 30).Splits["train"];
        for (var row = 0; row < 30; row++)
        {
            double x = table.Vector("y")[row];
            Assert.InRange(x, -1, 1);
            double[] expected = [x, x * x, x * x * x, Math.Sin(100 * x)];
            for (var i = 0; i < 4; i++) { Assert.Equal(expected[i], table.Vector("x")[(row * 4) + i], 1e-5); }     // x itself is rounded
        }
    }

    [Theory]
    [InlineData("teacher_student"), InlineData("polynomial"), InlineData("fixed_features")]
    public void More_rows_of_a_part_change_none_of_it_nor_of_another(string use)
    {
        var options = (IOptions)Activator.CreateInstance(Datasets.All.Find(use).OptionsType)!;      // not null: a class
        var (few, many) = (Build(use, options, 10), Build(use, options, 25));
        foreach (var column in (string[])["x", "y"])
        {
            var width = few.Splits["train"].Schema[column].Width;
            Assert.Equal(
                few.Splits["train"].Vector(column).ToArray(), many.Splits["train"].Vector(column)[..(10 * width)].ToArray());
            Assert.Equal(few.Splits["validation"].Vector(column).ToArray(), many.Splits["validation"].Vector(column).ToArray());
        }
        Assert.Equal((0, 0), (many.Distribution("validation").InTrain, many.Distribution("train").RowsPerClass.Length));
    }

    /// <summary>They change only with a stated reason: every result changes with them.</summary>
    [Theory]
    [InlineData("teacher_student", "0e87ea334a4f, 157c6120033a")]
    [InlineData("polynomial", "b52087c5cf44, 31be6be6f354")]
    [InlineData("fixed_features", "7883b2e8b34b, 410fc377408c")]
    public void Rows_are_the_same_everywhere(string use, string expected)
    {
        var options = (IOptions)Activator.CreateInstance(Datasets.All.Find(use).OptionsType)!;      // not null: a class
        Assert.Equal(expected, string.Join(", ", Build(use, options, 10).Card.Distributions.Select(card => card.ContentHash[..12])));
    }

    [Fact]
    public void Noise_moves_targets_by_its_deviation_and_no_feature()
    {
        var clean = Build("teacher_student", new TeacherStudentOptions(), 400);
        var noisy = Build("teacher_student", new TeacherStudentOptions { Noise = 0.5 }, 400);
        Assert.Equal(clean.Splits["train"].Vector("x").ToArray(), noisy.Splits["train"].Vector("x").ToArray());
        var moved = clean.Splits["train"].Vector("y").ToArray()
            .Zip(noisy.Splits["train"].Vector("y").ToArray(), (a, b) => Math.Pow(a - b, 2));
        Assert.Equal(0.25, moved.Average(), 0.03);
    }

    [Fact]
    public void Facts_of_real_targets_come_back_from_their_json_and_those_of_classes_say_nothing_new()
    {
        var facts = new TeacherStudent(new TeacherStudentOptions { Tolerance = 0.001 }).Facts;
        Assert.Equal(facts, DatasetFacts.FromJson(facts.ToJson()));
        Assert.Contains(
            "\"target_kind\":\"Real\",\"classes\":0,\"outputs\":5,\"tolerance\":0.001", facts.ToJson(), StringComparison.Ordinal);
        Assert.Equal(
            """{"kind":"Features","classes":2,"target":"label","group":null,"groups":0,"operands":[],"operand_values":0,"operation":"",""" +
            "\"features\":\"x\",\"feature_count\":3}",
            new DatasetFacts { Kind = InputKind.Features, Classes = 2, Features = "x", FeatureCount = 3 }.ToJson());
    }

    [Fact]
    public void Real_targets_are_encoded_row_by_row_and_must_be_finite()
    {
        var tables = Build("teacher_student", new TeacherStudentOptions(), 6);
        var target = new Tensor(TensorType.Float32([2, 5]));
        RowEncoding.Target(tables.Splits["train"], tables.Facts, [4, 1], target);
        Assert.Equal(tables.Splits["train"].Vector("y").Slice(20, 5).ToArray(), target.AsSpan<float>()[..5].ToArray());
        Assert.Equal(TensorType.Float32([6, 5]), RowEncoding.Target(tables.Splits["train"], tables.Facts).Type);
        var broken = tables.Splits["train"].With(ColumnValues.Vector("y", 5, [.. Enumerable.Repeat(float.NaN, 30)]));
        Assert.Contains(
            "Column y holds NaN in row 0", Assert.Throws<GrokException>(() => RowEncoding.Target(broken, tables.Facts)).Problem,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_asks_for_classes_or_shares_is_refused()
    {
        var spec = Spec("polynomial", new PolynomialOptions(), 10);
        Assert.Equal("split.train", (spec with { Split = new SplitSpec { Train = SplitPart.Of(0.3) } }).OnlyProblem().Option);
        Assert.Contains(
            "real targets",
            (spec with { Shifts = [new ShiftSpec("noisy", "label_noise", new LabelNoiseOptions())] }).OnlyProblem().Problem,
            StringComparison.Ordinal);
        Assert.Equal("with.tolerance", (spec with { With = new PolynomialOptions { Tolerance = 0 } }).OnlyProblem().Option);
    }

    private static DatasetTables Build(string use, IOptions options, int rows) => DatasetBuilder.Build(Spec(use, options, rows));

    private static DatasetSpec Spec(string use, IOptions options, int rows) => new()
    {
        Use = use,
        With = options,
        Seed = 5,
        Split = new SplitSpec { Train = new SplitPart { Rows = rows }, Validation = new SplitPart { Rows = 15 } },
    };

    // Gauss's elimination with the largest pivot.
    private static double[] Solve(int size, Func<int, int, double> matrix, Func<int, double> right)
    {
        var rows = Enumerable.Range(0, size).Select(
            row => Enumerable.Range(0, size).Select(column => matrix(row, column)).Append(right(row)).ToArray()).ToArray();
        for (var k = 0; k < size; k++)
        {
            var pivot = Enumerable.Range(k, size - k).MaxBy(row => Math.Abs(rows[row][k]));
            (rows[k], rows[pivot]) = (rows[pivot], rows[k]);
            for (var row = 0; row < size; row++)
            {
                if (row == k) { continue; }
                var factor = rows[row][k] / rows[k][k];
                for (var column = k; column <= size; column++) { rows[row][column] -= factor * rows[k][column]; }
            }
        }
        return [.. rows.Select((row, k) => row[size] / row[k])];
    }
}
