using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Testing.Samples;

/// <summary>Matrix products of all shapes, transposed or not.</summary>
internal static class ProductSamples
{
    public static Dictionary<string, OpSample> All { get; } = new()
    {
        ["matmul"] = Product([3, 4], [4, 5]),
        ["matmul of single numbers"] = Product([1, 1], [1, 1]),
        ["matmul of a row and a column"] = Product([1, 19], [19, 1]),
        ["matmul of a column and a row"] = Product([19, 1], [1, 21]),
        ["matmul around sixteen"] = Product([17, 33], [33, 15]),
        ["matmul of many rows"] = Product([131, 16], [16, 3]),
        ["matmul of long rows"] = Product([5, 300], [300, 37], 1e-5),
        ["matmul of wide rows"] = Product([3, 20], [20, 257]),
        ["matmul of several blocks"] = Product([97, 128], [128, 113], 1e-5),
        ["matmul in a batch"] = Product([4, 3, 5], [4, 5, 6]),
        ["matmul in a batch with one matrix"] = Product([4, 3, 5], [5, 6]),
        ["matmul of one matrix with a batch"] = Product([3, 5], [4, 5, 6]),
        ["matmul with leading axes that stretch"] = Product([2, 1, 3, 4], [5, 4, 6]),
        ["matmul in many heads"] = Product([3, 4, 5, 8], [3, 4, 8, 5]),
        ["matmul with A transposed"] = OpSample.Of(1e-6, s => [s.Float("a", [20, 9]).Transpose().MatMul(s.Float("b", [20, 18]))]),
        ["matmul with B transposed"] = OpSample.Of(1e-6, s => [s.Float("a", [9, 20]).MatMul(s.Float("b", [18, 20]).Transpose())]),
        ["matmul with both transposed"] = OpSample.Of(1e-6, s => [s.Float("a", [20, 9]).Transpose().MatMul(s.Float("b", [18, 20]).Transpose())]),
        ["matmul in a batch with B transposed"] =
            OpSample.Of(1e-6, s => [s.Float("a", [2, 3, 7, 20]).MatMul(s.Float("b", [2, 3, 9, 20]).Transpose())]),
        ["matmul with itself"] = OpSample.Of(1e-6, s => Itself(s.Float("x", [6, 6]))),
        ["attention to looked-up rows"] = OpSample.Of(2e-6, s => [LookedUp(s, rows: 9, heads: 3, width: 5, seen: 4)]),
        ["attention to looked-up rows of heads as wide as vectors"] = OpSample.Of(4e-6, s => [LookedUp(s, rows: 70, heads: 2, width: 32, seen: 3)]),
        ["products with looked-up rows of other shapes"] = OpSample.Of(2e-6, s => LookedUpOtherwise(s)),
        ["a layer"] = OpSample.Of(2e-6, s =>
            [(s.Float("x", [19, 12]).MatMul(s.Float("w", [12, 33])) + s.Float("b", [33])).Relu()], smooth: false),
        ["a quadratic layer"] = OpSample.Of(4e-6, s => [s.Float("x", [19, 12]).MatMul(s.Float("w", [12, 33])).Square().MatMul(s.Float("u", [33, 4]))]),
    };

    private static OpSample Product(TensorShape a, TensorShape b, double tolerance = 2e-6) =>
        OpSample.Of(tolerance, s => [s.Float("a", a).MatMul(s.Float("b", b))]);

    // One query per row and head; the rows that it sees are those of two tables at its indices.
    private static Value LookedUp(SampleInputs s, int rows, int heads, int width, int seen)
    {
        var (at, query) = (s.Integers("at", [rows, seen], 7), s.Float("query", [rows, heads, 1, width]));
        var keys = s.Float("keys", [7, heads, width]).Gather(at).Transpose([0, 2, 3, 1]);
        var values = s.Float("values", [7, heads, width]).Gather(at).Transpose([0, 2, 1, 3]);
        return (query.MatMul(keys) * 0.5).Softmax().MatMul(values);
    }

    // An index for each head, and one for all that a query sees.
    private static Value[] LookedUpOtherwise(SampleInputs s)
    {
        var (weights, query) = (s.Float("weights", [6, 2, 1, 3]), s.Float("query", [6, 2, 1, 8]));
        var single = s.Float("single", [5, 8]).Gather(s.Integers("each", [6, 3, 2], 5));
        var whole = s.Float("whole", [5, 3, 2, 8]).Gather(s.Integers("once", [6], 5));
        return
        [
            weights.MatMul(single.Transpose([0, 2, 1, 3])), query.MatMul(single.Transpose([0, 2, 3, 1])),
            weights.MatMul(whole.Transpose([0, 2, 1, 3])), query.MatMul(whole.Transpose([0, 2, 3, 1])),
        ];
    }

    private static Value[] Itself(Value x) => [x.MatMul(x), x.MatMul(x.Transpose())];
}
