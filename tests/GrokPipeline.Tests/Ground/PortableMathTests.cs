namespace GrokPipeline.Tests.Ground;

public sealed class PortableMathTests
{
    private const int Draws = 20_000;

    [Fact]
    public void Logarithm_is_within_two_units_of_the_platforms()
    {
        var stream = new Seed(1).Derive("log").Stream();
        for (var i = 0; i < Draws; i++)
        {
            var x = Math.ScaleB(1 + stream.NextUniform(), stream.NextBelow(2000) - 1000);
            Near(Math.Log(x), PortableMath.Log(x), x);
            var close = 1 + ((stream.NextUniform() - 0.5) * 1e-3);                 // where the logarithm is small
            Near(Math.Log(close), PortableMath.Log(close), close);
        }
    }

    [Fact]
    public void Exponential_is_within_two_units_of_the_platforms()
    {
        var stream = new Seed(1).Derive("exp").Stream();
        for (var i = 0; i < Draws; i++)
        {
            var x = (stream.NextUniform() * 1415) - 707;
            Near(Math.Exp(x), PortableMath.Exp(x), x);
            var small = (stream.NextUniform() - 0.5) * 2;
            Near(Math.Exp(small), PortableMath.Exp(small), small);
        }
    }

    [Fact]
    public void Sine_and_cosine_of_turns_are_within_two_units_of_the_platforms()
    {
        var stream = new Seed(1).Derive("sin").Stream();
        for (var i = 0; i < Draws; i++)
        {
            var t = stream.NextBelow(1 << 30) / (double)(1 << 30);                 // so that 2t and t − 5 are exact
            Near(double.SinPi(2 * t), PortableMath.SinTurns(t), t);
            Near(double.CosPi(2 * t), PortableMath.CosTurns(t), t);
            Near(double.CosPi(2 * t), PortableMath.CosTurns(t - 5), t);
        }
    }

    [Fact]
    public void Ends_of_the_ranges_are_as_stated()
    {
        Assert.Equal(double.NegativeInfinity, PortableMath.Log(0));
        Assert.Equal(double.PositiveInfinity, PortableMath.Log(double.PositiveInfinity));
        Assert.True(double.IsNaN(PortableMath.Log(-1)));
        Assert.True(double.IsNaN(PortableMath.Log(double.NaN)));
        Assert.Equal(0, PortableMath.Log(1));
        Near(Math.Log(double.Epsilon), PortableMath.Log(double.Epsilon), double.Epsilon);
        Assert.Equal(0, PortableMath.Exp(-746));
        Assert.Equal(double.PositiveInfinity, PortableMath.Exp(710));
        Assert.Equal(1, PortableMath.Exp(0));
        Assert.True(double.IsNaN(PortableMath.Exp(double.NaN)));
        Near(1, PortableMath.SinTurns(0.25), 0.25);
        Near(-1, PortableMath.CosTurns(1.5), 1.5);
        Assert.Equal(0, PortableMath.SinTurns(3));
        Assert.Equal(0, PortableMath.CosTurns(0.75));
    }

    [Theory]
    [InlineData(0.1, 0xC0026BB1BBB55515, 0x3FF1AEC7B35A00D4)]
    [InlineData(2.5, 0x3FED5240F0E0E078, 0x40285D6FD931E0BB)]
    public void Bits_are_the_same_on_every_machine(double x, ulong log, ulong exp)
    {
        Assert.Equal(log, BitConverter.DoubleToUInt64Bits(PortableMath.Log(x)));
        Assert.Equal(exp, BitConverter.DoubleToUInt64Bits(PortableMath.Exp(x)));
    }

    private static void Near(double expected, double actual, double x)
    {
        var unit = Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected);
        Assert.True(Math.Abs(expected - actual) <= 2 * unit, $"{actual:R} is {Math.Abs(expected - actual) / unit} units from {expected:R} at {x:R}");
    }
}
