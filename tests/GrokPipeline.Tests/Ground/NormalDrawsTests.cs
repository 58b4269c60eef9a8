namespace GrokPipeline.Tests.Ground;

public sealed class NormalDrawsTests
{
    [Theory]
    [InlineData(0, 0), InlineData(1, 3), InlineData(8, 1), InlineData(17, 2), InlineData(1000, 0), InlineData(1000, 5)]
    public void Many_draws_at_once_are_those_drawn_one_by_one(int count, int before)
    {
        for (var seed = 0UL; seed < 50; seed++)
        {
            var (one, many) = (new Seed(seed).Derive("draws").Stream(), new Seed(seed).Derive("draws").Stream());
            for (var i = 0; i < before; i++) { Assert.Equal(one.NextBits(), many.NextBits()); }
            var draws = new double[count];
            many.NextNormals(draws);
            Assert.All(draws, draw => Assert.Equal(BitConverter.DoubleToInt64Bits(one.NextNormal()), BitConverter.DoubleToInt64Bits(draw)));
            Assert.Equal(one.NextBits(), many.NextBits());
        }
    }

    [Fact]
    public void A_stream_can_be_entered_at_any_word()
    {
        var all = new Seed(4).Stream();
        ulong[] words = [.. Enumerable.Range(0, 20).Select(_ => all.NextBits())];
        Assert.All(Enumerable.Range(0, 20), word => Assert.Equal(words[word], new Seed(4).StreamFrom((ulong)word).NextBits()));
        var (normals, from) = (new Seed(5).Stream(), new Seed(5).StreamFrom(14));
        for (var i = 0; i < 7; i++) { normals.NextNormal(); }
        Assert.Equal(normals.NextNormal(), from.NextNormal());
    }
}
