using GrokPipeline.Probes;

namespace GrokPipeline.Tests.Probes;

public sealed class SpectrumTests
{
    [Theory]
    [InlineData(97)]
    [InlineData(24)]
    public void An_embedding_made_of_two_frequencies_has_exactly_these(int p)
    {
        var tensor = new Tensor(TensorType.Float32([p + 2, 4]));       // two rows for tokens that are no operands
        var cells = tensor.AsSpan<float>();
        for (var row = 0; row < p; row++)
        {
            cells[row * 4] = (float)Math.Cos(2 * Math.PI * 5 * row / p);
            cells[(row * 4) + 1] = (float)Math.Sin(2 * Math.PI * 5 * row / p);
            cells[(row * 4) + 2] = 2 * (float)Math.Cos((2 * Math.PI * 11 * row / p) + 0.3);
            cells[(row * 4) + 3] = 7;                                   // a constant is no frequency
        }
        var found = Find(tensor, p);

        // Power of a cosine of amplitude A is A²; frequency 5 has two of amplitude 1, frequency 11 one of amplitude 2.
        Assert.Equal(2.0 / 6, found["share[5]"], 1e-6);
        Assert.Equal(4.0 / 6, found["share[11]"], 1e-6);
        Assert.Equal(2, found["key_frequencies"]);
        Assert.Equal(1, found["top5_share"], 1e-6);
        Assert.Equal(1, Enumerable.Range(1, p / 2).Sum(k => found[$"share[{k}]"]), 1e-9);
    }

    [Fact]
    public void Shares_agree_with_the_transform_by_definition()
    {
        const int P = 13;
        var draws = new Seed(3).Stream();
        var values = Enumerable.Range(0, 2 * P * 3).Select(_ => (float)draws.NextNormal()).ToArray();
        var found = Find(Tensor.Of<float>([2 * P, 3], values), P);

        var power = new double[(P / 2) + 1];
        for (var block = 0; block < 2; block++)
        {
            for (var column = 0; column < 3; column++)
            {
                for (var k = 1; k <= P / 2; k++)
                {
                    var sum = System.Numerics.Complex.Zero;
                    for (var row = 0; row < P; row++)
                    {
                        sum += values[(((block * P) + row) * 3) + column] * System.Numerics.Complex.Exp(new(0, -2 * Math.PI * k * row / P));
                    }
                    power[k] += sum.Magnitude * sum.Magnitude;
                }
            }
        }
        for (var k = 1; k <= P / 2; k++) { Assert.Equal(power[k] / power.Sum(), found[$"share[{k}]"], 1e-10); }
    }

    [Fact]
    public void Gini_is_zero_for_equal_shares_and_large_for_one()
    {
        const int P = 11;
        var one = new float[P];
        one[0] = 1;                                                     // an impulse has the same power everywhere
        var cosine = Enumerable.Range(0, P).Select(row => (float)Math.Cos(2 * Math.PI * 3 * row / P)).ToArray();

        Assert.Equal(0, Find(Tensor.Of<float>([P, 1], one), P)["gini"], 1e-9);
        Assert.Equal(0.8, Find(Tensor.Of<float>([P, 1], cosine), P)["gini"], 1e-6);   // (n − 1)/n of n = 5 frequencies
    }

    [Fact]
    public void A_dataset_without_operands_is_refused()
    {
        var error = Assert.Throws<GrokException>(() => Find(new Tensor(TensorType.Float32([4, 4])), 0));
        Assert.Contains("operand values", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_that_does_not_exist_is_answered_with_those_that_do()
    {
        var probe = new FourierProbe(new FourierOptions { Parameter = "hiden.0.weight" });
        var context = Contexts.Of("hidden.0.weight", new Tensor(TensorType.Float32([7, 2])), 7);
        var error = Assert.Throws<GrokException>(() => probe.Run(context).ToList());
        Assert.Contains("Did you mean 'hidden.0.weight'?", error.Problem, StringComparison.Ordinal);
    }

    private static Dictionary<string, double> Find(Tensor tensor, int p) =>
        new FourierProbe(new FourierOptions { Parameter = "w" }).Run(Contexts.Of("w", tensor, p)).ToDictionary(f => f.Name, f => f.Value);
}
