namespace GrokPipeline.Tests.Ground;

public sealed class LanesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1000)]
    public void Sums_follow_sixteen_lanes_and_a_fixed_tree(int count)
    {
        var stream = new Seed(1).Derive($"lanes/{count}").Stream();
        var numbers = Enumerable.Range(0, count).Select(_ => (float)stream.NextNormal()).ToArray();
        Assert.Equal(Written(numbers, number => number), Lanes.Sum(numbers));
        Assert.Equal(Written(numbers, number => number * number), Lanes.SumOfSquares(numbers));
    }

    // The same in plain words: element i goes to lane i mod 16; the lanes meet at distances 8, 4, 2, 1.
    private static float Written(float[] numbers, Func<float, float> term)
    {
        var lanes = new float[16];
        for (var i = 0; i < numbers.Length; i++) { lanes[i % 16] += term(numbers[i]); }
        for (var distance = 8; distance > 0; distance /= 2)
        {
            for (var lane = 0; lane < distance; lane++) { lanes[lane] += lanes[lane + distance]; }
        }
        return lanes[0];
    }
}
