using GrokPipeline.Probes;
using GrokPipeline.Tables;
using GrokPipeline.Training.Models;
using MathNet.Numerics.LinearAlgebra;

namespace GrokPipeline.Tests.Probes;

public sealed class LinearProbeTests
{
    private static readonly LinearProbeOptions Options = new() { At = ["hidden.0"], Target = "label", TrainFraction = 0.7, Repeats = 2 };

    [Fact]
    public void Classes_on_their_own_axes_are_read_and_the_controls_are_not()
    {
        var (labels, trained, untrained) = Made(rows: 600, classes: 4, signal: 6);
        var found = new LinearProbe(Options).Run(Contexts.Of(labels, trained, untrained)).Where(f => f.Name == "accuracy").ToList();

        Assert.Equal(6, found.Count);                                    // 2 repetitions of the probe and of 2 controls
        Assert.All(found.Where(f => f.Control.Length == 0), f => Assert.True(f.Value > 0.98, $"{f}"));
        Assert.All(found.Where(f => f.Control.Length > 0), f => Assert.InRange(f.Value, 0.1, 0.42));   // chance is 0.25 of 180 rows
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes()
    {
        var (labels, trained, untrained) = Made(rows: 300, classes: 3, signal: 1);
        var first = new LinearProbe(Options).Run(Contexts.Of(labels, trained, untrained)).ToList();
        Assert.Equal(first, [.. new LinearProbe(Options).Run(Contexts.Of(labels, trained, untrained))]);
    }

    [Fact]
    public void A_column_that_numbers_the_rows_is_refused()
    {
        var (_, trained, untrained) = Made(rows: 5000, classes: 2, signal: 1);
        long[] numbers = [.. Enumerable.Range(0, 5000)];
        var error = Assert.Throws<GrokException>(() => new LinearProbe(Options).Run(Contexts.Of(numbers, trained, untrained)).ToList());
        Assert.Contains("has 5000 different values; 4096 are the most", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_does_not_exist_is_refused_with_those_that_do()
    {
        var (labels, trained, untrained) = Made(rows: 40, classes: 2, signal: 1);
        var probe = new LinearProbe(Options with { Target = "lable" });
        var error = Assert.Throws<GrokException>(() => probe.Run(Contexts.Of(labels, trained, untrained)).ToList());
        Assert.Contains("Did you mean 'label'?", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_options_are_all_named()
    {
        var problems = new LinearProbeOptions { At = [], Folds = 1, TrainFraction = double.NaN, Repeats = 0, L2 = -1, Controls = ["shufled_labels"] }.Problems();
        Assert.Equal(["at", "target", "folds", "train_fraction", "repeats", "l2", "controls"], problems.Select(problem => problem.Option));
    }

    [Theory]
    [InlineData(LinearSolver.Logistic)]
    [InlineData(LinearSolver.Ridge)]
    public void Folds_score_each_row_once_and_say_how_far_above_the_controls(LinearSolver solver)
    {
        var (labels, trained, untrained) = Made(rows: 403, classes: 3, signal: 5);
        var options = new LinearProbeOptions { At = ["hidden.0"], Target = "label", Folds = 4, Repeats = 2, Solver = solver };
        var found = new LinearProbe(options).Run(Contexts.Of(labels, trained, untrained)).ToList();
        foreach (var control in (string[])["", "shuffled_labels", "random_init"])
        {
            var rows = found.Where(f => f.Control == control && f.Name == "rows").ToList();
            Assert.Equal(Enumerable.Range(0, 8), rows.Select(f => f.Repeat));
            Assert.Equal(2 * 403, rows.Sum(f => f.Value));
        }
        Assert.All(found.Where(f => f is { Control: "", Name: "accuracy" }), f => Assert.True(f.Value > 0.95, $"{f}"));
        foreach (var selectivity in found.Where(f => f.Name == "selectivity"))
        {
            double Accuracy(string control) => found.Single(f => f.Name == "accuracy" && f.Control == control && f.Repeat == selectivity.Repeat).Value;
            Assert.Equal(Accuracy("") - Accuracy(selectivity.Control), selectivity.Value);
        }
        Assert.Equal(16, found.Count(f => f.Name == "selectivity"));
    }

    [Theory]
    [InlineData("label % 2", 2)]
    [InlineData("label < 3", 2)]
    [InlineData("2 * label + 1", 4)]
    public void An_expression_names_classes(string target, int expected)
    {
        var (labels, _, _) = Made(rows: 200, classes: 4, signal: 1);
        var classes = LinearTarget.Of(Table.Of(ColumnValues.Of("label", labels)), target, out var count);
        Assert.Equal(expected, count);
        var values = labels.Select(label => target switch { "label % 2" => label % 2, "label < 3" => label < 3 ? 1 : 0, _ => label }).ToArray();
        Assert.Equal(values, classes.Select(c => (long)c));
    }

    [Theory]
    [InlineData("label / 2", "which names no class")]
    [InlineData("1 / (label - label)", "which names no class")]
    [InlineData("label % 1", "1 different values of 'label % 1'")]
    [InlineData("label +", "position")]
    public void A_target_without_classes_is_refused(string target, string problem)
    {
        var (labels, trained, untrained) = Made(rows: 100, classes: 4, signal: 1);
        var probe = new LinearProbe(Options with { Target = target });
        var error = Assert.Throws<GrokException>(() => probe.Run(Contexts.Of(labels, trained, untrained)).ToList());
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_position_is_read_unless_all_are_asked_for()
    {
        // What the labels are stands at the first of two positions.
        var (labels, trained, noise) = Made(rows: 300, classes: 3, signal: 6);
        var both = new float[300 * 10];
        for (var row = 0; row < 300; row++)
        {
            trained.Values.AsSpan(row * 5, 5).CopyTo(both.AsSpan(row * 10));
            noise.Values.AsSpan(row * 5, 5).CopyTo(both.AsSpan((row * 10) + 5));
        }
        var activation = new Activation([2, 5], both);
        double Mean(Positions positions) => new LinearProbe(Options with { Positions = positions, Controls = [] })
            .Run(Contexts.Of(labels, activation, activation)).Where(f => f.Name == "accuracy").Average(f => f.Value);
        Assert.InRange(Mean(Positions.Last), 0.15, 0.5);
        Assert.True(Mean(Positions.All) > 0.98);
    }

    [Fact]
    public void Numbers_that_are_none_are_refused()
    {
        var (labels, trained, untrained) = Made(rows: 100, classes: 4, signal: 1);
        trained.Values[7] = float.NaN;
        var error = Assert.Throws<GrokException>(() => new LinearProbe(Options).Run(Contexts.Of(labels, trained, untrained)).ToList());
        Assert.Contains("1 of 100 rows hold NaN or infinity", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Ridge_weights_solve_the_normal_equations()
    {
        var (labels, trained, _) = Made(rows: 60, classes: 3, signal: 1);
        var features = Standardized.Of(trained, [.. Enumerable.Range(0, 60)], 60);
        var classes = labels.Select(label => (int)label).ToArray();
        var x = Matrix<double>.Build.Dense(60, features.Width, (i, j) => features.Row(i)[j]);
        var y = Matrix<double>.Build.Dense(60, 3, (i, j) => classes[i] == j ? 1 : 0);
        var penalty = Matrix<double>.Build.DenseDiagonal(features.Width, features.Width, i => i == features.Width - 1 ? 0 : 0.3);
        var weights = ((x.TransposeThisAndMultiply(x) / 60) + penalty).Solve(x.TransposeThisAndMultiply(y) / 60);
        var classifier = new RidgeRegression(features, 60, 0.3).Fit(classes, 3);
        for (var row = 0; row < 60; row++) { Assert.Equal((x.Row(row) * weights).MaximumIndex(), classifier.Predict(features.Row(row))); }
        for (var j = 0; j < features.Width; j++)
        {
            for (var c = 0; c < 3; c++) { Assert.Equal(weights[j, c], classifier.Weight(j, c), 1e-9); }
        }
    }

    [Fact]
    public void The_gradient_agrees_with_central_differences()
    {
        var (labels, trained, _) = Made(rows: 30, classes: 3, signal: 1);
        var features = Standardized.Of(trained, [.. Enumerable.Range(0, 30)], 30);
        var classes = labels.Select(label => (int)label).ToArray();
        var model = SoftmaxRegression.Fit(features, classes, 3, 0.1, 1);
        var draws = new Seed(2).Stream();
        var point = new double[features.Width * 8];
        for (var i = 0; i < point.Length; i++) { point[i] = i % 8 < 3 ? draws.NextNormal() : 0; }
        var (gradient, ignored) = (new double[point.Length], new double[point.Length]);
        model.Objective(features, classes, 0.1, point, gradient);
        for (var i = 0; i < point.Length; i++)
        {
            if (i % 8 >= 3) { continue; }                                // padding
            var at = point[i];
            point[i] = at + 1e-6;
            var above = model.Objective(features, classes, 0.1, point, ignored);
            point[i] = at - 1e-6;
            var below = model.Objective(features, classes, 0.1, point, ignored);
            point[i] = at;
            Assert.Equal((above - below) / 2e-6, gradient[i], 1e-7);
        }
    }

    [Fact]
    public void The_optimizer_finds_the_bottom_of_a_narrow_valley()
    {
        // Minimum of ½·Σ dᵢ·(xᵢ − i)² with condition number 10⁴.
        var scales = Enumerable.Range(0, 20).Select(i => Math.Pow(10, -4.0 * i / 19)).ToArray();
        var x = new double[20];
        Lbfgs.Minimize(x, (point, gradient) => point.Select((value, i) =>
        {
            gradient[i] = scales[i] * (value - i);
            return 0.5 * gradient[i] * (value - i);
        }).Sum(), 300);
        for (var i = 0; i < 20; i++) { Assert.Equal(i, x[i], 1e-3); }
    }

    // Class c has its mean at signal·e_c; the untrained activation is noise alone.
    private static (long[] Labels, Activation Trained, Activation Untrained) Made(int rows, int classes, double signal)
    {
        var draws = new Seed(5).Stream();
        var labels = Enumerable.Range(0, rows).Select(_ => (long)draws.NextBelow(classes)).ToArray();
        var width = classes + 2;
        var (trained, noise) = (new float[rows * width], new float[rows * width]);
        for (var row = 0; row < rows; row++)
        {
            for (var j = 0; j < width; j++)
            {
                trained[(row * width) + j] = (float)(draws.NextNormal() + (j == labels[row] ? signal : 0));
                noise[(row * width) + j] = (float)draws.NextNormal();
            }
        }
        return (labels, new([width], trained), new([width], noise));
    }
}
