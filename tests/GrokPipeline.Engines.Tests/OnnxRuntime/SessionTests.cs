using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Engines.Tests.OnnxRuntime;

public sealed class SessionTests
{
    [Fact]
    public void Names_the_library_and_its_version()
    {
        var facts = new OnnxRuntimeEngine().Facts;
        Assert.Equal("ort-cpu", facts.Name);
        Assert.Matches(@"^1\.\d+\.\d+$", facts.Version);
    }

    [Fact]
    public void Runs_a_small_graph()
    {
        var x = Value.Input("x", TensorType.Float32([2, 3]));
        var graph = Graph.Of("small", [x], [new("y", (x * 2).Relu() + 1)]);
        using var session = new OnnxRuntimeEngine().Compile(graph, new CompileOptions { Threads = 1 });
        session.Write("x", Tensor.Of<float>([2, 3], [-1, 0, 1, 2, 3, -4]));
        session.Run();
        var y = new Tensor(TensorType.Float32([2, 3]));
        session.Read("y", y);
        Assert.Equal([1f, 1, 3, 5, 7, 1], y.AsSpan<float>().ToArray());
    }
}
