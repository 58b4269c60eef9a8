using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Engines.Tests.Simd;

/// <summary>Matrix products of every size and layout against sums in double precision.</summary>
public sealed class ProductTests
{
    public static TheoryData<int, int, int> Sizes => new()
    {
        { 1, 1, 1 }, { 1, 300, 1 }, { 7, 5, 3 }, { 8, 16, 32 }, { 9, 17, 33 },
        { 13, 257, 49 }, { 96, 64, 97 }, { 101, 600, 31 }, { 200, 3, 130 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Products_agree_with_sums_in_double(int m, int k, int n) => AssertProduct([], m, k, n, false, false);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Products_with_a_transposed_left_side_agree(int m, int k, int n) => AssertProduct([], m, k, n, true, false);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Products_with_a_transposed_right_side_agree(int m, int k, int n) => AssertProduct([], m, k, n, false, true);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Products_of_two_transposed_sides_agree(int m, int k, int n) => AssertProduct([], m, k, n, true, true);

    [Theory]
    [InlineData(4, 32, 4)]
    [InlineData(4, 4, 32)]
    [InlineData(3, 19, 21)]
    [InlineData(40, 33, 50)]
    public void Many_products_agree_in_every_layout(int m, int k, int n)
    {
        foreach (var (left, right) in ((bool, bool)[])[(false, false), (true, false), (false, true), (true, true)])
        {
            AssertProduct([5, 3], m, k, n, left, right);
        }
    }

    [Fact]
    public void Parts_of_a_larger_tensor_are_multiplied_where_they_lie()
    {
        // Heads as slices of one tensor: [rows, 3, heads, width], as a fused projection would leave them.
        var x = Value.Input("x", TensorType.Float32([6, 3, 2, 20]));
        var part = (int i) => x.Slice(1, i, 1).Reshape([6, 2, 20]).Transpose([1, 0, 2]);
        var graph = Graph.Of("heads", [x], [new("y", part(0).MatMul(part(1).Transpose()).MatMul(part(2)))]);
        var tensor = Random(x.Type, 5);
        var (y, wanted) = (Run(new SimdEngine(), graph, ("x", tensor)), Run(new ReferenceEngine(), graph, ("x", tensor)));
        AssertClose(wanted, y, 1e-4);
    }

    private static void AssertProduct(int[] leading, int m, int k, int n, bool left, bool right)
    {
        var a = Value.Input("a", TensorType.Float32([.. leading, left ? k : m, left ? m : k]));
        var b = Value.Input("b", TensorType.Float32([.. leading, right ? n : k, right ? k : n]));
        var graph = Graph.Of("product", [a, b], [new("y", (left ? a.Transpose() : a).MatMul(right ? b.Transpose() : b))]);
        var (x, z) = (Random(a.Type, 1), Random(b.Type, 2));
        var y = Run(new SimdEngine(), graph, ("a", x), ("b", z));
        var wanted = new float[y.Length];
        var (p, q) = (x.AsSpan<float>().ToArray(), z.AsSpan<float>().ToArray());
        for (var i = 0; i < y.Length; i++)
        {
            var (batch, row, column) = (i / (m * n), i / n % m, i % n);
            var sum = 0.0;
            for (var l = 0; l < k; l++)
            {
                var one = p[(batch * m * k) + (left ? (l * m) + row : (row * k) + l)];
                sum += (double)one * q[(batch * k * n) + (right ? (column * k) + l : (l * n) + column)];
            }
            wanted[i] = (float)sum;
        }
        AssertClose(wanted, y, 2e-7 * (10 + k));
    }

    private static void AssertClose(float[] wanted, float[] given, double tolerance)
    {
        Assert.Equal(wanted.Length, given.Length);
        for (var i = 0; i < wanted.Length; i++) { Assert.Equal(wanted[i], given[i], tolerance); }
    }

    private static float[] Run(IEngine engine, Graph graph, params (string Name, Tensor Tensor)[] inputs)
    {
        using var session = engine.Compile(graph, new CompileOptions { Threads = 2 });
        foreach (var (name, tensor) in inputs) { session.Write(name, tensor); }
        session.Run();
        var y = new Tensor(graph.OutputType("y")!.Value);                                          // the graph's only output
        session.Read("y", y);
        return y.AsSpan<float>().ToArray();
    }

    private static Tensor Random(TensorType type, ulong seed)
    {
        var (tensor, stream) = (new Tensor(type), new Seed(seed).Stream());
        foreach (ref var element in tensor.AsSpan<float>()) { element = (float)((2 * stream.NextUniform()) - 1); }
        return tensor;
    }
}
