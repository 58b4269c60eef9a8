using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Engines.Tests.Simd;

/// <summary>State that is written where it was read from.</summary>
public sealed class CarriedTests
{
    [Fact]
    public void A_product_that_reads_other_rows_of_the_state_sees_them_before_the_step()
    {
        const int rows = 512, columns = 64;
        var state = Value.Input("w", TensorType.Float32([rows, columns]));
        var matrix = Value.Input("b", TensorType.Float32([columns, columns]));
        var next = state - state.Slice(0, 0, 1).Expand([rows, columns]).MatMul(matrix);
        var graph = Graph.Of("step", [state, matrix], [new GraphOutput("w'", next)], [new CarriedPair("w'", "w")]);
        foreach (var threads in new[] { 1, 3 })
        {
            using var simd = new SimdEngine().Compile(graph, new CompileOptions { Threads = threads });
            using var reference = new ReferenceEngine().Compile(graph, new CompileOptions());
            var (found, expected) = (After(simd, rows, columns), After(reference, rows, columns));
            for (var i = 0; i < found.Length; i++) { Assert.Equal(expected[i], found[i], 1e-4f); }
        }
    }

    [Fact]
    public void A_loop_that_reads_other_rows_of_the_state_by_index_sees_them_before_the_step()
    {
        const int rows = 512, columns = 64;
        var state = Value.Input("w", TensorType.Float32([rows, columns]));
        var order = Value.Of(new Constant(Tensor.Of<long>([rows], [.. Enumerable.Range(0, rows).Select(i => (long)(i * 5 % rows))])));
        var graph = Graph.Of("step", [state], [new GraphOutput("w'", state - state.Gather(order))], [new CarriedPair("w'", "w")]);
        using var simd = new SimdEngine().Compile(graph, new CompileOptions { Threads = 2 });
        using var reference = new ReferenceEngine().Compile(graph, new CompileOptions());
        var tensor = new Tensor(state.Type);
        for (var i = 0; i < rows * columns; i++) { tensor.AsSpan<float>()[i] = (i * 7 % 13) - 6; }
        var (found, expected) = (new Tensor(state.Type), new Tensor(state.Type));
        foreach (var (session, result) in new (ISession, Tensor)[] { (simd, found), (reference, expected) })
        {
            session.Write("w", tensor);
            session.Run();
            session.Run();
            session.Read("w'", result);
        }
        Assert.Equal(expected.AsSpan<float>(), found.AsSpan<float>());
    }

    private static float[] After(ISession session, int rows, int columns)
    {
        var (state, matrix) = (new Tensor(TensorType.Float32([rows, columns])), new Tensor(TensorType.Float32([columns, columns])));
        for (var i = 0; i < rows * columns; i++) { state.AsSpan<float>()[i] = (i * 7 % 13) - 6; }
        for (var i = 0; i < columns * columns; i++) { matrix.AsSpan<float>()[i] = ((i * 5 % 11) - 5) / 64f; }
        session.Write("w", state);
        session.Write("b", matrix);
        session.Run();
        session.Read("w'", state);
        return state.AsSpan<float>().ToArray();
    }
}
