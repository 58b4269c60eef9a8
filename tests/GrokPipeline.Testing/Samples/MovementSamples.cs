using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Testing.Samples;

/// <summary>Operators that move, choose or repeat elements, and constants.</summary>
internal static class MovementSamples
{
    public static Dictionary<string, OpSample> All { get; } = new()
    {
        ["constant"] = OpSample.Of(0, s =>
        [
            s.Float("x", [3]) + Value.Constant(Tensor.Of<float>([3], [1, 2, 3])), Value.Constant(Tensor.Of<long>([2], [5, -5])),
            Value.Constant(Tensor.Of<bool>([2], [true, false])), Value.Constant(Tensor.Scalar(2.5f)),
        ]),
        ["fill"] = OpSample.Of(1e-7, s =>
        [
            s.Float("x", [3]) * Value.Of(new Fill(0.1, TensorType.Float32([2, 3]))), Value.Of(new Fill(-2, TensorType.Int64([4]))),
            Value.Of(new Fill(1, new(ElementType.Bool, [3]))), Value.Scalar(0.3), Value.Of(new Fill(7, TensorType.Int64([]))),
        ]),
        ["reshape"] = OpSample.Of(0, s =>
        [
            s.Float("x", [2, 3, 4]).Reshape([6, 4]), s.Float("scalar", []).Reshape([1, 1]), s.Float("one", [1]).Reshape([]),
            s.Integers("i", [2, 3], 9).Reshape([6]), s.Bools("c", [4]).Reshape([2, 2]),
        ]),
        ["expand"] = OpSample.Of(0, s =>
        [
            s.Float("x", [3, 1]).Expand([2, 3, 5]), s.Float("scalar", []).Expand([2, 2]), s.Integers("i", [1, 3], 9).Expand([2, 3]),
            s.Bools("c", [2, 1]).Expand([2, 3]),
        ]),
        ["transpose"] = OpSample.Of(0, s =>
        [
            s.Float("x", [5, 7]).Transpose(), s.Integers("i", [2, 3], 9).Transpose(), s.Bools("c", [2, 3]).Transpose(),
            s.Float("vector", [3]).Transpose([0]),
        ]),
        ["transpose of many axes"] = OpSample.Of(0, s =>
        {
            var x = s.Float("x", [2, 3, 4, 5]);
            return [x.Transpose([0, 2, 1, 3]), x.Transpose([3, 1, 0, 2]), x.Transpose(), x.Transpose([1, 0, 2, 3])];
        }),
        ["transpose of large matrices"] = OpSample.Of(0, s => [s.Float("x", [67, 131]).Transpose()]),
        ["concat"] = OpSample.Of(0, s =>
        {
            var (a, b, c) = (s.Float("a", [2, 3]), s.Float("b", [2, 1]), s.Float("c", [4, 3]));
            return [Value.Concat(1, a, b, a), Value.Concat(0, a, c), Value.Concat(-1, s.Integers("i", [2, 2], 9), s.Integers("j", [2, 3], 9))];
        }),
        ["slice"] = OpSample.Of(0, s =>
        {
            var x = s.Float("x", [4, 5, 3]);
            return [x.Slice(0, 1, 2), x.Slice(1, 0, 3), x.Slice(-1, 2, 1), x.Slice(1, 4, 1), s.Integers("i", [6], 9).Slice(0, 2, 3)];
        }),
        ["gather"] = OpSample.Of(0, s =>
        {
            var x = s.Float("x", [5, 3]);
            return
            [
                x.Gather(s.Integers("row", [], 5)), x.Gather(s.Integers("rows", [7], 5)), x.Gather(s.Integers("table", [2, 4], 5)),
                s.Float("vector", [6]).Gather(s.Integers("items", [4], 6)), s.Integers("labels", [5], 9).Gather(s.Integers("which", [3], 5)),
            ];
        }),
        ["scatter add"] = OpSample.Of(2e-6, s =>
        [
            s.Float("x", [5, 3]).ScatterAdd(s.Integers("rows", [40], 5), s.Float("u", [40, 3])),
            s.Float("table", [4, 2, 3]).ScatterAdd(s.Integers("pairs", [3, 2], 4), s.Float("v", [3, 2, 2, 3])),
            s.Float("vector", [6]).ScatterAdd(s.Integers("item", [], 6), s.Float("w", [])),
        ]),
        ["one-hot"] = OpSample.Of(0, s =>
        [
            s.Integers("rows", [7], 5).OneHot(5), s.Integers("table", [2, 3], 4).OneHot(4),
        ]),
        ["one-hot times weights"] = OpSample.Of(1e-6, s => [s.Integers("rows", [7], 5).OneHot(5).MatMul(s.Float("w", [5, 6]))]),
    };
}
