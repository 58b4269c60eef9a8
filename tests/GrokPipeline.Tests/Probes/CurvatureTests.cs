using GrokPipeline.Probes;
using GrokPipeline.Probes.Landscape;
using MathNet.Numerics.LinearAlgebra;

namespace GrokPipeline.Tests.Probes;

public sealed class CurvatureTests
{
    [Fact]
    public void The_trace_of_a_diagonal_hessian_is_exact_from_one_draw()
    {
        var (mean, error) = Curvature.Trace(new Quadratic([[4, 0, 0], [0, 2, 0], [0, 0, -1]]), [0, 0, 0], 3, new Seed(1));
        Assert.Equal(5, mean, 1e-6);
        Assert.Equal(0, error, 1e-6);
    }

    [Fact]
    public void The_trace_of_a_full_hessian_lies_within_its_standard_error()
    {
        var quadratic = new Quadratic([[3, 1, 0.5], [1, 2, -1], [0.5, -1, 1]]);
        var (mean, error) = Curvature.Trace(quadratic, [0, 0, 0], 2000, new Seed(1));
        // The variance of one draw is 2·Σ over i ≠ j of h², here 2·2·(1 + 0.25 + 1) = 9.
        Assert.Equal(Math.Sqrt(9.0 / 2000), error, 0.01);
        Assert.InRange(mean, 6 - (4 * error), 6 + (4 * error));
    }

    [Fact]
    public void Power_iteration_finds_the_eigenvalue_of_largest_magnitude_with_its_sign()
    {
        // Eigenvalues −5 and 1 along (1, 1) and (1, −1).
        var (value, residual) = Curvature.Largest(new Quadratic([[-2, -3], [-3, -2]]), [7, 7], 30, new Seed(2));
        Assert.Equal(-5, value, 1e-5);
        Assert.InRange(residual, 0, 1e-3);
        Assert.Equal((0, 0), Curvature.Largest(new Quadratic([[0, 0], [0, 0]]), [1, 1], 5, new Seed(2)));
    }

    [Fact]
    public void The_sharpest_point_of_a_convex_bowl_is_the_corner_away_from_its_bottom()
    {
        // L = ½·(4·w₀² + w₁²) at (1, −3): the box is ±0.02 and ±0.04.
        var (start, highest) = SharpnessProbe.Climb(new Quadratic([[4, 0], [0, 1]]), [1, -3], 0.01, 10);
        Assert.Equal(6.5, start, 1e-6);
        Assert.Equal(0.5 * ((4 * 1.02 * 1.02) + (3.04 * 3.04)), highest, 1e-5);
    }

    [Fact]
    public void Hessian_products_of_a_network_agree_with_central_differences_in_double_precision()
    {
        using var tiny = new TinyNetwork();
        using var surface = LossSurface.Of(tiny.Context, tiny.Rows, "hessian");
        var point = surface.Flatten(tiny.Context.Checkpoint.Parameters);
        var (direction, product) = (new float[surface.Size], new float[surface.Size]);
        for (var i = 0; i < surface.Size; i++)
        {
            Array.Clear(direction);
            direction[i] = 1;
            surface.HessianTimes(point, direction, product);
            var (above, below) = (tiny.Gradient(i, 1e-5), tiny.Gradient(i, -1e-5));
            for (var j = 0; j < product.Length; j++) { Assert.Equal((above[j] - below[j]) / 2e-5, product[j], 2e-6); }
        }
    }

    [Fact]
    public void The_gradient_and_the_value_of_a_surface_are_those_of_the_loss()
    {
        using var tiny = new TinyNetwork();
        using var surface = LossSurface.Of(tiny.Context, tiny.Rows, "hessian");
        var (point, gradient) = (surface.Flatten(tiny.Context.Checkpoint.Parameters), new float[surface.Size]);
        var value = surface.Gradient(point, gradient);
        Assert.Equal(value, surface.Loss(point));
        Assert.Equal(tiny.Loss(), value, 1e-6);
        var expected = tiny.Gradient(0, 0);
        for (var i = 0; i < gradient.Length; i++) { Assert.Equal(expected[i], gradient[i], 1e-6); }
    }

    [Fact]
    public void The_tangent_kernel_agrees_with_a_jacobian_by_central_differences()
    {
        using var tiny = new TinyNetwork();
        var kernel = TangentKernel.Of(tiny.Context, tiny.Context.Checkpoint, tiny.Rows, "tangent_kernel");
        var columns = Enumerable.Range(0, tiny.Size).Select(i =>
            tiny.SummedLogits(i, 1e-5).Zip(tiny.SummedLogits(i, -1e-5), (a, b) => (a - b) / 2e-5).ToArray()).ToArray();
        var n = tiny.Rows.Length;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++) { Assert.Equal(columns.Sum(column => column[i] * column[j]) / tiny.Classes, kernel[(i * n) + j], 1e-5); }
        }
    }

    [Fact]
    public void The_kernel_of_the_untrained_model_is_at_distance_zero_from_itself()
    {
        using var tiny = new TinyNetwork();
        var probe = new TangentKernelProbe(new TangentKernelOptions { MaxRows = 8 });
        var first = probe.Run(tiny.Context with { Checkpoint = tiny.Context.Initial }).ToDictionary(f => f.Name, f => f.Value);
        Assert.Equal(0, first["distance"], 1e-12);
        Assert.DoesNotContain("velocity", first.Keys);
        var later = probe.Run(tiny.Context).ToDictionary(f => f.Name, f => f.Value);
        Assert.InRange(later["distance"], 1e-3, 1);
        Assert.Equal(later["distance"], later["velocity"], 1e-12);      // the checkpoint before is the first one
    }

    [Fact]
    public void A_kernel_of_equal_labels_is_aligned_with_itself_and_one_of_their_opposite_against()
    {
        var context = Contexts.Of([0, 1, 0, 2, 2], new([1], new float[5]), new([1], new float[5]));
        context = context with { Facts = context.Facts with { Classes = 3 } };
        int[] classes = [0, 1, 0, 2, 2], rows = [0, 1, 2, 3, 4];
        double[] same = [.. from a in classes from b in classes select a == b ? 1.0 : 0];
        Assert.Equal(1, TangentKernelProbe.Alignment(context, rows, same), 1e-12);
        Assert.Equal(1, TangentKernelProbe.Alignment(context, rows, [.. same.Select(x => (3 * x) + 7)]), 1e-12);    // scale and mean
        Assert.Equal(-1, TangentKernelProbe.Alignment(context, rows, [.. same.Select(x => -x)]), 1e-12);
        Assert.True(double.IsNaN(TangentKernelProbe.Alignment(context, [0, 2], [1, 0, 0, 1])));                     // one class
    }

    [Fact]
    public void Alignment_and_distance_agree_with_the_formulas_over_matrices()
    {
        using var tiny = new TinyNetwork();
        var found = new TangentKernelProbe(new TangentKernelOptions { MaxRows = 8 }).Run(tiny.Context).ToDictionary(f => f.Name, f => f.Value);
        var rows = RowSample.Of(tiny.Context, "train", 8);
        var labels = RowSample.Targets(tiny.Context, rows);
        var n = rows.Length;
        var kernel = Matrix<double>.Build.DenseOfRowMajor(n, n, TangentKernel.Of(tiny.Context, tiny.Context.Checkpoint, rows, "tangent_kernel"));
        var first = Matrix<double>.Build.DenseOfRowMajor(n, n, TangentKernel.Of(tiny.Context, tiny.Context.Initial, rows, "tangent_kernel"));
        var centring = Matrix<double>.Build.DenseIdentity(n) - Matrix<double>.Build.Dense(n, n, 1.0 / n);
        var (k, y) = (centring * kernel * centring, Matrix<double>.Build.Dense(n, n, (i, j) => labels[i] == labels[j] ? 1 : 0));
        y = centring * y * centring;
        Assert.Equal(k.PointwiseMultiply(y).RowSums().Sum() / (k.FrobeniusNorm() * y.FrobeniusNorm()), found["alignment"], 1e-9);
        Assert.Equal(1 - (kernel.PointwiseMultiply(first).RowSums().Sum() / (kernel.FrobeniusNorm() * first.FrobeniusNorm())), found["distance"], 1e-9);
    }

    [Fact]
    public void A_jacobian_that_memory_cannot_hold_is_refused()
    {
        var error = Assert.Throws<GrokException>(() => TangentKernel.CheckSize(128, 20_000_000));
        Assert.Contains("128 rows of 20000000 parameters take 9.5 GiB", error.Problem, StringComparison.Ordinal);
        TangentKernel.CheckSize(128, 1_000_000);
    }

    [Fact]
    public void Probes_find_the_same_bytes_again()
    {
        using var tiny = new TinyNetwork();
        Probe[] Probes() =>
        [
            new HessianProbe(new HessianOptions()), new SharpnessProbe(new SharpnessOptions()), new TangentKernelProbe(new TangentKernelOptions()),
            new ComplexityProbe(new ComplexityOptions()), new LearningCoefficientProbe(new LearningCoefficientOptions()),
        ];
        Assert.Equal(
            Probes().SelectMany(probe => probe.Run(tiny.Context)).Select(f => f.ToString()),
            Probes().SelectMany(probe => probe.Run(tiny.Context)).Select(f => f.ToString()));
    }

    [Fact]
    public void An_onnx_file_alone_has_no_gradients()
    {
        using var tiny = new TinyNetwork();
        var error = Assert.Throws<GrokException>(() => new HessianProbe(new HessianOptions()).Run(tiny.Context with { Model = null }).ToList());
        Assert.Contains("only an ONNX file is at hand", error.Problem, StringComparison.Ordinal);
    }

    private sealed class Quadratic(double[][] hessian) : IObjective
    {
        public int Size => hessian.Length;

        public double Gradient(ReadOnlySpan<float> point, Span<float> gradient)
        {
            HessianTimes(point, point, gradient);
            double sum = 0;
            for (var i = 0; i < Size; i++) { sum += 0.5 * point[i] * gradient[i]; }
            return sum;
        }

        public void HessianTimes(ReadOnlySpan<float> point, ReadOnlySpan<float> direction, Span<float> product)
        {
            for (var i = 0; i < Size; i++)
            {
                double sum = 0;
                for (var j = 0; j < Size; j++) { sum += hessian[i][j] * direction[j]; }
                product[i] = (float)sum;
            }
        }
    }
}
