using GrokPipeline.Probes.Landscape;

namespace GrokPipeline.Tests.Probes;

/// <summary>The calibration of λ̂ on potentials whose coefficient is known: many copies of one potential add up.</summary>
public sealed class LearningCoefficientTests
{
    private const double Beta = 100;

    [Theory]
    [InlineData(0)]
    [InlineData(25)]
    public void A_regular_minimum_has_half_the_number_of_its_parameters(double localization)
    {
        // ½·Σ w²: λ = d/2; localization γ makes it d/2 · nβ / (nβ + γ).
        const int D = 400;
        var found = Estimate(D, w => 0.5 * w * w, w => w, localization);
        Assert.Equal(D / 2.0 * Beta / (Beta + localization), found, 0.05 * D / 2);
    }

    [Fact]
    public void A_quartic_minimum_has_a_quarter()
    {
        const int D = 400;
        Assert.Equal(D / 4.0, Estimate(D, w => w * w * w * w, w => 4 * w * w * w, 0), 0.06 * D / 4);
    }

    [Fact]
    public void A_crossing_of_two_valleys_agrees_with_quadrature()
    {
        // w₁²·w₂²: λ = 1/2 with multiplicity 2, reached slowly; localized, the expectation is an integral.
        const int Pairs = 300;
        const double Localization = 5;
        double total = 0, weighted = 0;
        for (var x = -4.0; x <= 4; x += 0.01)
        {
            for (var y = -4.0; y <= 4; y += 0.01)
            {
                var energy = Beta * x * x * y * y;
                var weight = Math.Exp(-energy - (Localization / 2 * ((x * x) + (y * y))));
                total += weight;
                weighted += weight * energy;
            }
        }
        var expected = weighted / total;
        Assert.InRange(expected, 0.2, 0.5);
        var found = Chain(new Crossing(2 * Pairs), Localization, 0.002, 4000);
        Assert.Equal(expected, found / Pairs, 0.06 * expected);
    }

    [Fact]
    public void A_place_that_is_no_minimum_is_told()
    {
        // From w = 1 on a slope the loss falls below the start's.
        var settings = new SgldSettings(Beta, 1e-3, 0, 0, 50);
        Assert.Equal(1, SgldChain.Run(new Separable(3, w => w, _ => 1), [1, 1, 1], settings, new Seed(1)).BelowStart, 0.1);
    }

    private static double Estimate(int size, Func<double, double> value, Func<double, double> slope, double localization) =>
        Chain(new Separable(size, value, slope), localization, 0.001, 2000);

    private static double Chain(ISampledObjective objective, double localization, double step, int draws) => SgldChain.Run(
        objective, new float[objective.Size], new SgldSettings(Beta, step, localization, 500, draws), new Seed(4)).Coefficient;

    private sealed class Separable(int size, Func<double, double> value, Func<double, double> slope) : ISampledObjective
    {
        public int Size => size;

        public void Next()
        {
        }

        public double Gradient(ReadOnlySpan<float> point, Span<float> gradient)
        {
            for (var i = 0; i < size; i++) { gradient[i] = (float)slope(point[i]); }
            return Value(point);
        }

        public double Value(ReadOnlySpan<float> point)
        {
            double sum = 0;
            foreach (var w in point) { sum += value(w); }
            return sum;
        }
    }

    private sealed class Crossing(int size) : ISampledObjective
    {
        public int Size => size;

        public void Next()
        {
        }

        public double Gradient(ReadOnlySpan<float> point, Span<float> gradient)
        {
            for (var i = 0; i < size; i++) { gradient[i] = 2 * point[i] * point[i ^ 1] * point[i ^ 1]; }
            return Value(point);
        }

        public double Value(ReadOnlySpan<float> point)
        {
            double sum = 0;
            for (var i = 0; i < size; i += 2) { sum += (double)point[i] * point[i] * point[i + 1] * point[i + 1]; }
            return sum;
        }
    }
}
