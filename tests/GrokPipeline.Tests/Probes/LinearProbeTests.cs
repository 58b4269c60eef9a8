using GrokPipeline.Probes;

namespace GrokPipeline.Tests.Probes;

public sealed class LinearProbeTests
{
    private static readonly LinearProbeOptions Options = new() { At = "hidden.0", Target = "label", Repeats = 2 };

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
        var problems = new LinearProbeOptions { TrainFraction = double.NaN, Repeats = 0, L2 = -1, Controls = ["shufled_labels"] }.Problems();
        Assert.Equal(["at", "target", "train_fraction", "repeats", "l2", "controls"], problems.Select(problem => problem.Option));
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
