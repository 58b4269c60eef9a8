using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Testing.Samples;

/// <summary>Operators that treat each element alone.</summary>
internal static class ElementwiseSamples
{
    public static Dictionary<string, OpSample> All { get; } = new()
    {
        ["abs"] = Unary(x => x.Abs()),
        ["neg"] = Unary(x => -x),
        ["exp"] = Unary(x => x.Exp()),
        ["log"] = Unary(x => x.Log(), 0.2, 3),
        ["sqrt"] = Unary(x => x.Sqrt(), 0.2, 3),
        ["reciprocal"] = Unary(x => x.Reciprocal(), 0.4, 3),
        ["tanh"] = Unary(x => x.Tanh()),
        ["sigmoid"] = Unary(x => x.Sigmoid()),
        ["erf"] = Unary(x => x.Erf()),
        ["relu"] = Unary(x => x.Relu()),
        ["sign"] = Unary(x => x.Sign()),
        ["square"] = Unary(x => x.Square()),
        ["gelu"] = Unary(x => x.Gelu()),
        ["exp of a wide range"] = OpSample.Of(3e-6, s => [s.Float("x", [501], -30, 30).Exp()], smooth: false),
        ["log of a wide range"] = OpSample.Of(1e-6, s => [s.Float("x", [501], -60, 60).Exp().Log()], smooth: false),
        ["tanh of a wide range"] = OpSample.Of(1e-6, s => [s.Float("x", [501], -12, 12).Tanh()], smooth: false),
        ["sigmoid of a wide range"] = OpSample.Of(1e-6, s => [s.Float("x", [501], -90, 90).Sigmoid()], smooth: false),
        ["erf of a wide range"] = OpSample.Of(1e-6, s => [s.Float("x", [501], -6, 6).Erf()], smooth: false),
        ["kinks"] = OpSample.Of(1e-6, s => Kinks(s.Add("x", Tensor.Of<float>([3], [-1, 0, 1]))), smooth: false),
        ["infinities and NaN"] = OpSample.Of(1e-6, s => Extremes(s.Add("x", Tensor.Of<float>(
            [5], [0, float.PositiveInfinity, float.NegativeInfinity, float.NaN, -1]))), smooth: false),
        ["add"] = Binary((a, b) => a + b),
        ["sub"] = Binary((a, b) => a - b),
        ["mul"] = Binary((a, b) => a * b),
        ["div"] = Binary((a, b) => a / b),
        ["max"] = Binary((a, b) => a.Max(b)),
        ["min"] = Binary((a, b) => a.Min(b)),
        ["a scalar with a matrix"] = Pair([], [5, 7]),
        ["a matrix with a scalar"] = Pair([5, 7], []),
        ["a row with a matrix"] = Pair([7], [5, 7]),
        ["a column with a matrix"] = Pair([5, 7], [5, 1]),
        ["a column with a row"] = Pair([5, 1], [1, 7]),
        ["axes that stretch on both sides"] = Pair([2, 1, 3, 1], [4, 1, 5]),
        ["a middle axis that stretches"] = Pair([3, 1, 17], [3, 4, 17]),
        ["lengths around sixteen"] = OpSample.Of(1e-6, s =>
            [.. new[] { 1, 15, 16, 17, 31, 33, 100 }.Select(n => (s.Float($"a{n}", [n]) * s.Float($"b{n}", [n])) + s.Float($"c{n}", [1]))]),
        ["a value with itself"] = OpSample.Of(1e-6, s => Itself(s.Float("x", [3, 5]))),
        ["greater"] = Question((a, b) => a.Greater(b)),
        ["less"] = Question((a, b) => a.Less(b)),
        ["equal"] = OpSample.Of(0, s => [s.Add("a", Tensor.Of<float>([2, 2], [1, 2, -0.0f, 4])).Equal(s.Add("b", Tensor.Of<float>([2], [0, 2])))]),
        ["equal integers"] = OpSample.Of(0, s => [s.Integers("a", [5, 7], 3).Equal(s.Integers("b", [7], 3))]),
        ["where"] = OpSample.Of(1e-6, s => [s.Bools("c", [4, 1]).Where(s.Float("a", [4, 6]), s.Float("b", [6]))]),
        ["where with scalars"] = OpSample.Of(1e-6, s => [s.Bools("c", [3, 9]).Where(s.Float("a", []), 0.5)]),
        ["cast"] = OpSample.Of(0, s => Casts(s.Bools("c", [19]), s.Integers("i", [19], 5), s.Float("x", [19], -3, 3)), smooth: false),
    };

    private static OpSample Unary(Func<Value, Value> function, double low = -2, double high = 2) =>
        OpSample.Of(1e-6, s => [function(s.Float("x", [3, 17], low, high)), function(s.Float("scalar", [], low, high))]);

    private static OpSample Binary(Func<Value, Value, Value> function) =>
        OpSample.Of(1e-6, s => [function(s.Float("a", [3, 17]), s.Float("b", [3, 17], 0.3, 2))]);

    private static OpSample Pair(TensorShape a, TensorShape b) => OpSample.Of(1e-6, s =>
    {
        var (x, y) = (s.Float("a", a), s.Float("b", b, 0.3, 2));
        return [x + y, x - y, x * y, x / y, x.Max(y)];
    });

    private static OpSample Question(Func<Value, Value, Value> function) => OpSample.Of(1e-6, s =>
    {
        var (a, b) = (s.Float("a", [5, 7]), s.Float("b", [7]));
        return [function(a, b), function(a, 0).Cast(ElementType.Float32) * a];
    });

    private static Value[] Itself(Value x) => [x + x, x * x, x - x, x.Max(x.Exp()) * x];

    private static Value[] Kinks(Value x) => [x.Relu(), x.Abs(), x.Sign(), x.Max(0), x.Min(0), x.Greater(0), x.Less(0)];

    private static Value[] Extremes(Value x) => [x.Exp(), x.Log(), x.Sqrt(), x.Reciprocal(), x + 1, x * 0, 1 / x, x - x, x.Abs(), -x];

    private static Value[] Casts(Value c, Value i, Value x) =>
    [
        c.Cast(ElementType.Float32), c.Cast(ElementType.Int64), i.Cast(ElementType.Float32), i.Cast(ElementType.Bool),
        x.Cast(ElementType.Int64), x.Cast(ElementType.Bool),
    ];
}
