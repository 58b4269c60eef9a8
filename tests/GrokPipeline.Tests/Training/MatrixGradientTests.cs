using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Tests.Training;

/// <summary>Muon, the egalitarian gradient and the mean of a window, against plain loops over doubles.</summary>
public sealed class MatrixGradientTests
{
    private const int Steps = 25;
    private static readonly double[] _start = [1.5, -2, 0.25, 0.5, 1, -0.75];
    private static readonly double[] _curvature = [1, 3, 0.1, 2, 0.5, 1];

    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public void The_egalitarian_gradient_has_all_singular_values_1_and_the_gradients_own_directions(int rows, int columns)
    {
        var optimizer = new Sgd(new() { LearningRate = 0.01, Gradient = new() { Egalitarian = new() } });
        var path = Parabola.Run(optimizer, [rows, columns], _start, _curvature, 1);
        var step = _start.Zip(path[0], (before, after) => (before - after) / 0.01).ToArray();
        var gradient = _start.Zip(_curvature, (x, c) => x * c).ToArray();
        var (x, g) = (Matrix(step, rows, columns), Matrix(gradient, rows, columns));
        if (rows > columns) { (x, g) = (Transposed(x), Transposed(g)); }
        var one = Product(x, Transposed(x));
        for (var i = 0; i < 2; i++)
        {
            for (var j = 0; j < 2; j++) { Assert.Equal(i == j ? 1 : 0, one[i][j], 1e-9); }
        }
        // G = P·X with P symmetric and positive is the polar decomposition, and there is one only.
        var p = Product(g, Transposed(x));
        Assert.Equal(p[0][1], p[1][0], 1e-9);
        Assert.True(p[0][0] > 0 && (p[0][0] * p[1][1]) - (p[0][1] * p[1][0]) > 0);
    }

    [Fact]
    public void Vectors_are_left_as_they_are_by_the_egalitarian_gradient()
    {
        var plain = Parabola.Run(new Sgd(new() { LearningRate = 0.01 }), [6], _start, _curvature, 3);
        var equal = new Sgd(new() { LearningRate = 0.01, Gradient = new() { Egalitarian = new() } });
        Parabola.Close(plain, Parabola.Run(equal, [6], _start, _curvature, 3));
    }

    [Theory]
    [InlineData(2, 3, true)]
    [InlineData(3, 2, true)]
    [InlineData(2, 3, false)]
    public void Muon_agrees_with_its_formula_on_matrices(int rows, int columns, bool nesterov)
    {
        var optimizer = new Muon(new() { LearningRate = 0.02, Momentum = 0.9, Nesterov = nesterov, WeightDecay = 0.3 });
        var (theta, b, expected) = (_start.ToArray(), new double[6], new List<double[]>());
        for (var t = 0; t < Steps; t++)
        {
            var g = theta.Zip(_curvature, (x, c) => x * c).ToArray();
            b = [.. b.Zip(g, (x, y) => (0.9 * x) + y)];
            var o = Quintic(Matrix(nesterov ? [.. g.Zip(b, (x, y) => x + (0.9 * y))] : b, rows, columns));
            var scale = Math.Sqrt(Math.Max(1, (double)columns / rows));
            theta = [.. theta.Select((x, i) => x - (0.02 * ((scale * o[i / columns][i % columns]) + (0.3 * x))))];
            expected.Add(theta);
        }
        Parabola.Close(expected, Parabola.Run(optimizer, [rows, columns], _start, _curvature, Steps, name: "hidden.0.weight"));
    }

    [Fact]
    public void Muon_trains_vectors_and_what_the_options_name_as_adamw_does()
    {
        var muon = new Muon(new() { WeightDecay = 0.3, Adamw = new() { LearningRate = 0.05 } });
        var adamw = new AdamW(new() { LearningRate = 0.05, WeightDecay = 0.3 });
        var expected = Parabola.Run(adamw, [6], _start, _curvature, Steps);
        Parabola.Close(expected, Parabola.Run(muon, [6], _start, _curvature, Steps, name: "hidden.0.bias"));
        Parabola.Close(expected, Parabola.Run(muon, [2, 3], _start, _curvature, Steps, name: "output.weight"));
        var model = Small.Mlp(Small.Modular().Facts);
        Assert.Contains("hidden.0.weight.momentum", muon.StateOf(model.Parameters));
        Assert.Contains("output.weight.adam.v", muon.StateOf(model.Parameters));
    }

    [Theory]
    [InlineData(true, 4)]
    [InlineData(false, 4)]
    [InlineData(true, 1)]
    public void The_mean_of_a_window_is_added_once_it_is_full_or_from_the_start(bool full, int window)
    {
        var gradient = new GradientOptions { GrokfastMa = new() { Window = window, Lambda = 1.5, Full = full } };
        var (theta, past, expected) = (_start.ToArray(), new List<double[]>(), new List<double[]>());
        for (var t = 0; t < Steps; t++)
        {
            past.Add([.. theta.Zip(_curvature, (x, c) => x * c)]);
            var last = past.TakeLast(window).ToArray();
            theta = [.. theta.Select((x, i) => x - (0.01 * (past[^1][i]
                + (full && last.Length < window ? 0 : 1.5 * last.Average(g => g[i])))))];
            expected.Add(theta);
        }
        var optimizer = new Sgd(new() { LearningRate = 0.01, Gradient = gradient });
        Parabola.Close(expected, Parabola.Run(optimizer, [2, 3], _start, _curvature, Steps));
    }

    [Fact]
    public void Options_name_what_is_wrong_with_them()
    {
        static string[] Named(IOptions options) => [.. options.Problems().Select(problem => problem.Option)];
        Assert.Equal(["momentum", "iterations", "weight_decay"], Named(new MuonOptions { Momentum = 1, Iterations = 0, WeightDecay = -1 }));
        Assert.Equal(["gradient"], Named(new MuonOptions { Gradient = new() { Egalitarian = new() } }));
        Assert.Equal(["grokfast_ma"], Named(new GradientOptions { Grokfast = new(), GrokfastMa = new() }));
        Assert.Equal(["window", "lambda"], Named(new GrokfastMaOptions { Window = 0, Lambda = -1 }));
        Assert.Equal(["iterations"], Named(new EgalitarianOptions { Iterations = 100 }));
        Assert.Empty(Named(new MuonOptions()).Concat(Named(new MuonAdamWOptions())).Concat(Named(new GrokfastMaOptions())));
    }

    private static double[][] Quintic(double[][] matrix)
    {
        var isTall = matrix.Length > matrix[0].Length;
        var norm = Math.Sqrt(matrix.Sum(row => row.Sum(x => x * x)));
        var x = matrix.Select(row => row.Select(value => value / norm).ToArray()).ToArray();
        if (isTall) { x = Transposed(x); }
        for (var k = 0; k < 5; k++)
        {
            var a = Product(x, Transposed(x));
            var aa = Product(a, a);
            var b = a.Select((row, i) => row.Select((value, j) => (-4.7750 * value) + (2.0315 * aa[i][j])).ToArray()).ToArray();
            var bx = Product(b, x);
            x = [.. x.Select((row, i) => row.Select((value, j) => (3.4445 * value) + bx[i][j]).ToArray())];
        }
        return isTall ? Transposed(x) : x;
    }

    private static double[][] Matrix(double[] values, int rows, int columns) =>
        [.. Enumerable.Range(0, rows).Select(i => values[(i * columns)..((i + 1) * columns)])];

    private static double[][] Transposed(double[][] a) =>
        [.. Enumerable.Range(0, a[0].Length).Select(j => a.Select(row => row[j]).ToArray())];

    private static double[][] Product(double[][] a, double[][] b) =>
        [.. a.Select(row => Enumerable.Range(0, b[0].Length).Select(j => row.Select((x, k) => x * b[k][j]).Sum()).ToArray())];
}
