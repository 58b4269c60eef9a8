using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Testing.Samples;

/// <summary>Sums, and operators that work along the last axis.</summary>
internal static class RowSamples
{
    public static Dictionary<string, OpSample> All { get; } = new()
    {
        ["reduce sum"] = Sums([5, 7], [0], [1], [0, 1], []),
        ["reduce sum of three axes"] = Sums([3, 4, 17], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]),
        ["reduce sum of many axes"] = Sums([2, 3, 4, 5], [0, 2], [1, 3], [0, 3], [1, 2]),
        ["reduce sum of much"] = OpSample.Of(1e-5, s => [s.Float("x", [100, 333], 0, 1).Sum(), s.Float("y", [333, 100]).Sum([0])]),
        ["mean"] = OpSample.Of(1e-6, s => Means(s.Float("x", [4, 9]))),
        ["softmax"] = Rows(x => x.Softmax()),
        ["log-softmax"] = Rows(x => x.LogSoftmax()),
        ["log-softmax in float64"] = Rows(x => x.Cast(ElementType.Float64).LogSoftmax().Cast(ElementType.Float32)),
        ["softmax of large numbers"] = OpSample.Of(1e-6, s => Both(s.Float("x", [3, 7], -1, 1) * 1e4), smooth: false),
        ["softmax behind a mask"] = OpSample.Of(1e-6, s =>
            [(s.Float("x", [2, 3, 3]) + Value.Constant(Mask(3, float.NegativeInfinity))).Softmax()]),
        ["cross-entropy"] = OpSample.Of(2e-6, s =>
            [-(s.Integers("label", [11], 7).OneHot(7) * s.Float("x", [11, 7], -3, 3).LogSoftmax()).Sum([-1]).Mean()]),
        ["argmax"] = OpSample.Of(0, s =>
        [
            s.Float("x", [5, 17]).ArgMax(), s.Float("row", [4]).ArgMax(), s.Float("deep", [2, 3, 2, 5]).ArgMax(),
            s.Float("single", [3, 1]).ArgMax(), s.Float("turned", [6, 4]).Transpose().ArgMax(),
        ]),
        ["argmax of equal numbers"] = OpSample.Of(0, s =>
            [s.Integers("votes", [9, 5], 3).OneHot(3).Sum([1]).ArgMax(), (s.Float("x", [3, 4]) * 0).ArgMax()], smooth: false),
        ["layer normalization"] = OpSample.Of(3e-6, s =>
        [
            s.Float("x", [5, 17], -2, 2).LayerNormalization(s.Float("scale", [17]), s.Float("bias", [17])),
            s.Float("z", [2, 3, 4], -2, 2).LayerNormalization(s.Float("scale4", [4]), s.Float("bias4", [4]), 1e-3),
        ]),
        ["layer normalization of wide rows"] = OpSample.Of(3e-6, s =>
            [s.Float("x", [3, 130], 1, 3).LayerNormalization(s.Float("scale", [130]), s.Float("bias", [130]))]),
    };

    /// <summary>0 on and below the diagonal, <paramref name="hidden"/> above it.</summary>
    internal static Tensor Mask(int length, float hidden)
    {
        var mask = new Tensor(TensorType.Float32([length, length]));
        for (var row = 0; row < length; row++)
        {
            for (var column = row + 1; column < length; column++) { mask.AsSpan<float>()[(row * length) + column] = hidden; }
        }
        return mask;
    }

    private static OpSample Sums(TensorShape shape, params IntegerList[] axes) => OpSample.Of(2e-6, s =>
    {
        var x = s.Float("x", shape);
        return [.. axes.Select(list => x.Sum(list)), .. axes.Select(list => x.Sum(list, keep: true))];
    });

    private static OpSample Rows(Func<Value, Value> function) => OpSample.Of(1e-6, s =>
    [
        function(s.Float("x", [5, 17], -3, 3)), function(s.Float("row", [4])), function(s.Float("single", [3, 1])),
        function(s.Float("deep", [2, 3, 2, 5])), function(s.Float("wide", [2, 130], -3, 3)),
    ]);

    private static Value[] Means(Value x) => [x.Mean(), x.Mean([0]), x.Mean([-1], keep: true), (x - x.Mean([0])).Square().Mean()];

    private static Value[] Both(Value x) => [x.Softmax(), x.LogSoftmax()];
}
