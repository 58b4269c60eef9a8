using GrokPipeline.Probes;
using MathNet.Numerics.LinearAlgebra;

namespace GrokPipeline.Tests.Probes;

public sealed class NormAndRankTests
{
    [Fact]
    public void Norms_are_those_of_a_right_triangle()
    {
        var context = Contexts.Of("w", Tensor.Of<float>([2], [3, 4]));
        var found = new WeightNormProbe(new WeightNormOptions()).Run(context).ToDictionary(f => (f.Target, f.Name), f => f.Value);
        Assert.Equal(5, found[("w", "norm")]);
        Assert.Equal(5 / Math.Sqrt(2), found[("w", "rms")], 1e-12);
        Assert.Equal(5, found[("all", "norm")]);
    }

    [Theory]
    [InlineData(7, 12)]
    [InlineData(12, 7)]
    [InlineData(9, 9)]
    [InlineData(1, 5)]
    public void Singular_values_agree_with_another_library(int rows, int columns)
    {
        var draws = new Seed(8).Stream();
        var values = Enumerable.Range(0, rows * columns).Select(_ => (float)draws.NextNormal()).ToArray();
        var expected = Matrix<double>.Build.Dense(rows, columns, (i, j) => values[(i * columns) + j]).Svd(computeVectors: false).S;
        var actual = SingularValues.Of(values, rows, columns);
        Assert.Equal(Math.Min(rows, columns), actual.Length);
        for (var i = 0; i < actual.Length; i++) { Assert.Equal(expected[i], actual[i], 1e-10); }
    }

    [Fact]
    public void A_matrix_of_three_equal_directions_has_rank_three()
    {
        var tensor = new Tensor(TensorType.Float32([8, 6]));
        for (var i = 0; i < 3; i++) { tensor.AsSpan<float>()[(i * 6) + (2 * i)] = 2.5f; }
        var found = Ranks(tensor);
        Assert.Equal(3, found["effective_rank"], 1e-9);
        Assert.Equal(3, found["participation_ratio"], 1e-9);
        Assert.Equal(3, found["stable_rank"], 1e-9);
    }

    [Fact]
    public void A_weak_direction_counts_less_than_a_strong_one()
    {
        var found = Ranks(Tensor.Of<float>([2, 2], [1, 0, 0, 0.1f]));
        Assert.InRange(found["effective_rank"], 1.3, 1.4);              // exp of the entropy of (10/11, 1/11)
        Assert.Equal(1.01, found["stable_rank"], 1e-6);
    }

    [Fact]
    public void A_zero_matrix_has_rank_zero() => Assert.All(Ranks(new Tensor(TensorType.Float32([3, 3]))).Values, value => Assert.Equal(0, value));

    private static Dictionary<string, double> Ranks(Tensor tensor) =>
        new EffectiveRankProbe(new EffectiveRankOptions()).Run(Contexts.Of("w", tensor)).ToDictionary(f => f.Name, f => f.Value);
}
