using GrokPipeline.Probes;
using GrokPipeline.Probes.Geometry;
using MathNet.Numerics.LinearAlgebra;

namespace GrokPipeline.Tests.Probes;

public sealed class GeometryTests
{
    [Fact]
    public void Travel_is_measured_from_the_first_checkpoint()
    {
        var context = Contexts.Of("w", Tensor.Of<float>([2], [3, 9])) with
        {
            Trajectory = [new MadeUp(0, new() { ["w"] = Tensor.Of<float>([2], [3, 4]) }, [])],
        };
        var found = new WeightTravelProbe(new WeightTravelOptions()).Run(context).ToDictionary(f => (f.Target, f.Name), f => f.Value);
        Assert.Equal(5, found[("w", "distance")]);
        Assert.Equal(1, found[("all", "travel")], 1e-15);
        Assert.Equal(45 / (5 * Math.Sqrt(90)), found[("all", "cosine")], 1e-15);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(400)]                                                  // wider than there are rows: the other product
    public void An_activation_of_three_equal_directions_has_rank_three(int width)
    {
        // Rows are ±e₀, ±e₁, ±e₂ again and again: a covariance of three equal eigenvalues.
        var values = new float[120 * width];
        for (var row = 0; row < 120; row++) { values[(row * width) + (row % 3)] = row / 3 % 2 == 0 ? 2 : -2; }
        var found = Rank(new Activation([width], values));
        Assert.Equal(3, found["effective_rank"], 1e-9);
        Assert.Equal(3, found["participation_ratio"], 1e-9);
        Assert.Equal(Math.Log(3), found["svd_entropy"], 1e-9);
        Assert.Equal(120 * 4 / 119.0, found["variance"], 1e-9);
    }

    [Fact]
    public void An_activation_that_never_changes_has_rank_zero_and_one_that_is_not_finite_has_none()
    {
        Assert.All(Rank(new Activation([2], [.. Enumerable.Repeat(3f, 20)])).Values, value => Assert.Equal(0, value));
        Assert.All(Rank(new Activation([2], [.. Enumerable.Repeat(float.NaN, 20)])).Values, value => Assert.True(double.IsNaN(value)));
    }

    [Fact]
    public void Alignment_does_not_see_rotation_or_scale_and_agrees_with_the_formula_over_features()
    {
        const int Rows = 40;
        var x = Random(Rows, 5, 1);
        var (c, s) = (Math.Cos(0.7), Math.Sin(0.7));
        var turned = x.Select(row => new[] { 3 * ((c * row[0]) - (s * row[1])), 3 * ((s * row[0]) + (c * row[1])), 3 * row[2], 3 * row[3], 3 * row[4] });
        Assert.Equal(1, Cka(x, [.. turned], debiased: false), 1e-6);

        var y = Random(Rows, 3, 2);
        var (a, b) = (Centred(x), Centred(y));
        var expected = Square((b.Transpose() * a).FrobeniusNorm()) / ((a.Transpose() * a).FrobeniusNorm() * (b.Transpose() * b).FrobeniusNorm());
        Assert.Equal(expected, Cka(x, y, debiased: false), 1e-6);
        Assert.True(Cka(x, y, debiased: true) < expected, "what chance gives is taken off");
    }

    [Fact]
    public void The_unbiased_estimate_is_the_mean_over_all_quadruples_of_rows()
    {
        const int N = 6;
        var (a, b) = (Gram(Random(N, 3, 3)), Gram(Random(N, 2, 4)));
        // Gretton et al. 2005: HSIC = E k(1,2)l(1,2) + E k(1,2)·l(3,4) − 2·E k(1,2)l(1,3), over distinct rows.
        double sum = 0;
        var count = 0;
        for (var i = 0; i < N * N * N * N; i++)
        {
            var (p, q, r, s) = (i % N, i / N % N, i / (N * N) % N, i / (N * N * N));
            if (new[] { p, q, r, s }.Distinct().Count() < 4) { continue; }
            sum += a[(p * N) + q] * (b[(p * N) + q] + b[(r * N) + s] - (2 * b[(p * N) + r]));
            count++;
        }
        Assert.Equal(sum / count, CentredKernel.UnbiasedHsic(a, b, N), 1e-12);
    }

    [Fact]
    public void Layers_are_compared_with_the_last_checkpoint_and_with_each_other()
    {
        var (x, y) = (Random(30, 4, 5), Random(30, 4, 6));
        var last = new MadeUp(9, [], new() { ["a"] = Flat(x), ["b"] = Flat(y) });
        var context = Contexts.Of([.. new long[30]], Flat(x), Flat(x)) with
        {
            Checkpoint = new MadeUp(4, [], new() { ["a"] = Flat(x), ["b"] = Flat(x) }),
            Trajectory = [last],
        };
        var found = new CkaProbe(new CkaOptions { At = ["a", "b"] }).Run(context).ToDictionary(f => (f.Target, f.Name), f => f.Value);
        Assert.Equal(1, found[("a", "cka_to_final")], 1e-12);
        Assert.InRange(found[("b", "cka_to_final")], 0, 0.6);
        Assert.Equal(1, found[("a ~ b", "cka")], 1e-12);
    }

    [Fact]
    public void Features_are_compared_with_the_stored_checkpoint_before()
    {
        MadeUp At(long step, float value) => new(step, [], new() { ["h"] = new([1], [value, value, 2 * value]) });
        var (first, second, third) = (At(0, 1), At(2, 4), At(10, 5));
        var context = Contexts.Of([0, 1, 2], new([1], [0, 0, 0]), new([1], [0, 0, 0])) with { Trajectory = [first, second, third] };
        var probe = new FeatureChangeProbe(new FeatureChangeOptions { At = ["h"] });
        Assert.Empty(probe.Run(context with { Checkpoint = first }));
        Assert.Equal([3.0, 1.5], probe.Run(context with { Checkpoint = second }).Select(f => f.Value), Near);
        Assert.Equal([0.25, 0.25 / 8], probe.Run(context with { Checkpoint = third }).Select(f => f.Value), Near);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(30)]                                                   // more columns than points: the other product
    public void Components_agree_with_the_singular_vectors_of_another_library(int width)
    {
        const int P = 12;
        var draws = new Seed(3).Stream();
        var values = Enumerable.Range(0, (P + 2) * width).Select(_ => (float)draws.NextNormal()).ToArray();
        var found = new PcaProbe(new PcaOptions { Parameter = "w", Components = 3 })
            .Run(Contexts.Of("w", Tensor.Of<float>([P + 2, width], values), P)).ToDictionary(f => f.Name, f => f.Value);

        var points = Centred([.. Enumerable.Range(0, P).Select(i => values[(i * width)..((i + 1) * width)].Select(v => (double)v).ToArray())]);
        var svd = points.Svd();
        for (var k = 0; k < 3; k++)
        {
            Assert.Equal(Square(svd.S[k]) / svd.S.Sum(Square), found[$"explained[{k + 1}]"], 1e-9);
            for (var i = 0; i < P; i++) { Assert.Equal(Math.Abs(svd.U[i, k] * svd.S[k]), Math.Abs(found[$"pc{k + 1}[{i}]"]), 1e-9); }
        }
        Assert.DoesNotContain($"pc1[{P}]", found.Keys);
    }

    [Fact]
    public void Coordinates_along_the_last_checkpoints_axes_keep_their_signs()
    {
        var last = new MadeUp(9, new() { ["w"] = Tensor.Of<float>([3, 2], [-1, 0, 0, 0, 1, 0]) }, []);
        var context = Contexts.Of("w", Tensor.Of<float>([3, 2], [-2, 1, 0, -2, 2, 1])) with { Trajectory = [last] };
        var found = new PcaProbe(new PcaOptions { Parameter = "w", Components = 1, Basis = PcaBasis.Final }).Run(context).ToDictionary(f => f.Name, f => f.Value);
        Assert.Equal([-2.0, 0, 2], [found["pc1[0]"], found["pc1[1]"], found["pc1[2]"]], Near);
        Assert.Equal(8.0 / 14, found["explained[1]"], 1e-12);
    }

    [Fact]
    public void Bad_options_are_all_named()
    {
        Assert.Equal(["at", "on", "rows"], new ActivationRankOptions { On = "", Rows = 1 }.Problems().Select(problem => problem.Option));
        Assert.Equal(["at", "rows"], new CkaOptions { At = ["a", "a"], Rows = 3 }.Problems().Select(problem => problem.Option));
        Assert.Equal(["parameter", "components"], new PcaOptions { Parameter = "*", Components = 0 }.Problems().Select(problem => problem.Option));
    }

    [Fact]
    public void Too_few_rows_are_refused()
    {
        var context = Contexts.Of([0], new([1], [0]), new([1], [0]));
        var error = Assert.Throws<GrokException>(() => new ActivationRankProbe(new ActivationRankOptions { At = ["hidden.0"] }).Run(context).ToList());
        Assert.Equal("The activation_rank probe has 1 rows of 'all' to look at; it needs at least 2.", error.Problem);
    }

    private static Dictionary<string, double> Rank(Activation activation)
    {
        var rows = activation.Values.Length / activation.Width;
        return new ActivationRankProbe(new ActivationRankOptions { At = ["hidden.0"] })
            .Run(Contexts.Of(new long[rows], activation, activation)).ToDictionary(f => f.Name, f => f.Value);
    }

    private static double Cka(double[][] x, double[][] y, bool debiased)
    {
        var checkpoint = new MadeUp(4, [], new() { ["a"] = Flat(x), ["b"] = Flat(y) });
        var context = Contexts.Of(new long[x.Length], Flat(x), Flat(y)) with { Checkpoint = checkpoint, Trajectory = [checkpoint] };
        return new CkaProbe(new CkaOptions { At = ["a", "b"], Debiased = debiased }).Run(context).Single(f => f.Name == "cka").Value;
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-12;

    private static double Square(double x) => x * x;

    private static Activation Flat(double[][] rows) => new([rows[0].Length], [.. rows.SelectMany(row => row).Select(x => (float)x)]);

    private static double[][] Random(int rows, int width, ulong seed)
    {
        var draws = new Seed(seed).Stream();
        return [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, width).Select(_ => draws.NextNormal()).ToArray())];
    }

    private static double[] Gram(double[][] rows) => [.. from a in rows from b in rows select a.Zip(b, (x, y) => x * y).Sum()];

    private static Matrix<double> Centred(double[][] rows)
    {
        var matrix = Matrix<double>.Build.DenseOfRowArrays(rows);
        var means = matrix.ColumnSums() / rows.Length;
        return matrix - Matrix<double>.Build.Dense(rows.Length, means.Count, (_, j) => means[j]);
    }
}
