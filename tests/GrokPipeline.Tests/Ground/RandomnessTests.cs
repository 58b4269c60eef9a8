namespace GrokPipeline.Tests.Ground;

public sealed class RandomnessTests
{
    [Fact]
    public void Derived_seeds_are_the_first_bytes_of_a_hash()
    {
        Assert.Equal(0x8CC1AF1B127AAC1EUL, new Seed(7).Derive("split").Value);                 // printf 7/split | sha256sum, little-endian
        Assert.NotEqual(new Seed(7).Derive("split"), new Seed(7).Derive("init"));
        Assert.NotEqual(new Seed(7).Derive("split"), new Seed(8).Derive("split"));
    }

    [Fact]
    public void A_stream_gives_the_words_of_successive_blocks()
    {
        var stream = new Seed(42).Stream();
        var (x0, x1, x2, x3) = Philox.Block(42, 0);
        Assert.Equal(((ulong)x1 << 32) | x0, stream.NextBits());
        Assert.Equal(((ulong)x3 << 32) | x2, stream.NextBits());
        (x0, x1, _, _) = Philox.Block(42, 1);
        Assert.Equal(((ulong)x1 << 32) | x0, stream.NextBits());
    }

    [Fact]
    public void Uniform_numbers_have_the_mean_and_variance_of_the_uniform_distribution()
    {
        var stream = new Seed(3).Stream();
        var numbers = Enumerable.Range(0, 100_000).Select(_ => stream.NextUniform()).ToArray();
        Assert.All(numbers, number => Assert.InRange(number, 0, 1 - 1e-16));
        Assert.InRange(numbers.Average(), 0.496, 0.504);                         // four standard errors
        Assert.InRange(numbers.Average(number => (number - 0.5) * (number - 0.5)), 1 / 12.0 - 0.001, 1 / 12.0 + 0.001);
    }

    [Fact]
    public void Normal_numbers_have_the_moments_of_the_normal_distribution()
    {
        var stream = new Seed(3).Stream();
        var numbers = Enumerable.Range(0, 100_000).Select(_ => stream.NextNormal()).ToArray();
        Assert.InRange(numbers.Average(), -0.013, 0.013);
        Assert.InRange(numbers.Average(number => number * number), 0.98, 1.02);
        Assert.InRange(numbers.Average(number => number * number * number), -0.05, 0.05);
        Assert.InRange(numbers.Average(number => Math.Pow(number, 4)), 2.87, 3.13);
    }

    [Fact]
    public void Numbers_below_a_bound_are_equally_likely()
    {
        var stream = new Seed(3).Stream();
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++) { counts[stream.NextBelow(7)]++; }
        Assert.InRange(counts.Sum(count => Math.Pow(count - 10_000, 2) / 10_000), 0, 22.5);       // chi-squared, 6 degrees: p = 0.001
        Assert.Equal(0, stream.NextBelow(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.NextBelow(0));
    }

    [Fact]
    public void Every_order_of_three_is_equally_likely()
    {
        var stream = new Seed(5).Stream();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < 60_000; i++)
        {
            char[] items = ['a', 'b', 'c'];
            stream.Shuffle<char>(items);
            counts[new string(items)] = counts.GetValueOrDefault(new string(items)) + 1;
        }
        Assert.Equal(6, counts.Count);
        Assert.InRange(counts.Values.Sum(count => Math.Pow(count - 10_000, 2) / 10_000), 0, 20.5);
    }
}
