using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Engines.Tests.Simd;

/// <summary>The engine's own functions against the platform's in double precision, in units in the last place of float32.</summary>
public sealed class VectorMathTests
{
    [Fact]
    public void Exponentials_err_by_less_than_one_and_a_half_units() =>
        AssertNear(x => x.Exp(), Math.Exp, Spread(-87, 88, 200_001), 1.5);

    [Fact]
    public void Logarithms_err_by_less_than_two_units()
    {
        AssertNear(x => x.Log(), Math.Log, Spread(0.5, 2, 100_001), 2);
        AssertNear(x => x.Log(), Math.Log, [.. Spread(-126, 127, 50_001).Select(e => (float)Math.Pow(2, e))], 2);
    }

    [Fact]
    public void Hyperbolic_tangents_err_by_less_than_three_units() =>
        AssertNear(x => x.Tanh(), Math.Tanh, Spread(-10, 10, 200_001), 3);

    [Fact]
    public void Sigmoids_err_by_less_than_three_units() =>
        AssertNear(x => x.Sigmoid(), x => 1 / (1 + Math.Exp(-x)), Spread(-80, 80, 200_001), 3);

    [Fact]
    public void Error_functions_agree_with_the_integral()
    {
        var x = Spread(-5, 5, 2_001);
        var y = Run(v => v.Erf(), x);
        for (var i = 0; i < x.Length; i++) { Assert.Equal(Integral(x[i]), y[i], 2.5e-7); }
    }

    [Fact]
    public void Ends_of_the_range_are_what_the_platform_says()
    {
        float[] x =
        [
            0, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e-40f, -1e-40f, 1e-45f, float.MaxValue, float.MinValue,
            88.8f, 89f, 100f, -88f, -100f, -103.9f, -104f, -200f, -1f, 1f,
        ];
        AssertEnds(v => v.Exp(), Math.Exp, x);
        AssertEnds(v => v.Log(), Math.Log, x);
        AssertEnds(v => v.Tanh(), Math.Tanh, x);
        AssertEnds(v => v.Sigmoid(), v => 1 / (1 + Math.Exp(-v)), x, tiny: 1e-37f);          // e¹⁰⁰ is infinity: no subnormal results
        AssertEnds(v => v.Sign(), v => double.IsNaN(v) ? v : Math.Sign(v), x);
        AssertEnds(v => v.Relu(), v => Math.Max(v, 0), x);
        AssertEnds(v => v.Sqrt(), Math.Sqrt, x);
    }

    [Fact]
    public void Error_functions_end_at_one_and_keep_what_is_no_number()
    {
        Assert.Equal(
            [1f, -1f, float.NaN, 0f, 1f, 1.1283792e-30f],
            Run(v => v.Erf(), [float.PositiveInfinity, float.NegativeInfinity, float.NaN, 0f, 6f, 1e-30f]));
    }

    // ∫ by Simpson's rule in 400 steps: an error far below float32's.
    private static double Integral(double x)
    {
        var (h, sum) = (x / 400, 1 + Math.Exp(-x * x));
        for (var i = 1; i < 400; i++) { sum += Math.Exp(-i * h * i * h) * (i % 2 == 1 ? 4 : 2); }
        return 2 / Math.Sqrt(Math.PI) * sum * h / 3;
    }

    private static float[] Spread(double low, double high, int count) =>
        [.. Enumerable.Range(0, count).Select(i => (float)(low + ((high - low) * i / (count - 1))))];

    private static float[] Run(Func<Value, Value> function, float[] x)
    {
        var input = Value.Input("x", TensorType.Float32([x.Length]));
        using var session = new SimdEngine().Compile(Graph.Of("function", [input], [new("y", function(input))]), new CompileOptions());
        session.Write("x", Tensor.Of<float>([x.Length], x));
        session.Run();
        var y = new Tensor(input.Type);
        session.Read("y", y);
        return y.AsSpan<float>().ToArray();
    }

    private static void AssertNear(Func<Value, Value> function, Func<double, double> exact, float[] x, double units)
    {
        var y = Run(function, x);
        for (var i = 0; i < x.Length; i++)
        {
            var wanted = exact(x[i]);
            var unit = Math.Abs((double)MathF.BitIncrement((float)Math.Abs(wanted)) - (float)Math.Abs(wanted));
            Assert.True(Math.Abs(y[i] - wanted) <= units * unit, $"At {x[i]:R}: {y[i]:R} instead of {wanted:R}.");
        }
    }

    private static void AssertEnds(Func<Value, Value> function, Func<double, double> exact, float[] x, float tiny = 3e-45f)
    {
        var y = Run(function, x);
        for (var i = 0; i < x.Length; i++)
        {
            var wanted = (float)exact(x[i]);
            var near = wanted.Equals(y[i]) || Math.Abs(wanted - y[i]) <= (3e-7f * Math.Abs(wanted)) + tiny;
            Assert.True(near, $"At {x[i]:R}: {y[i]:R} instead of {wanted:R}.");
        }
    }
}
