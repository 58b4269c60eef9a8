using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Graphs.Passes;

namespace GrokPipeline.Tests.Graphs;

public sealed class InterventionTests
{
    // y = relu(x·w)·v, with a name inside.
    private static readonly Value _x = Value.Input("x", TensorType.Float32([2, 3]));
    private static readonly Value _w = Value.Input("w", TensorType.Float32([3, 2]));
    private static readonly Value _hidden = Value.Of(new Elementwise<Relu>(), _x.MatMul(_w).Named("pre")).Named("hidden");
    private static readonly Graph _graph = Graph.Of("small", [_x, _w], [new("y", _hidden * 10), new("hidden", _hidden)]);

    [Fact]
    public void A_value_is_kept_removed_or_set_element_by_element()
    {
        // x·w = [[1, 2], [4, 5]]: the first two columns of x.
        var changed = Interventions.Apply(_graph, ["hidden"]);
        Assert.Equal(["x", "w", "hidden.keep", "hidden.set"], changed.Inputs.Select(input => input.Name));
        Assert.Equal([10, 20, 40, 50], Run(changed, "hidden", [1, 1], [0, 0]));
        Assert.Equal([0, 20, 0, 50], Run(changed, "hidden", [0, 1], [0, 0]));
        Assert.Equal([10, 70, 40, 70], Run(changed, "hidden", [1, 0], [0, 7]));
    }

    [Fact]
    public void What_is_computed_from_it_follows()
    {
        var changed = Interventions.Apply(_graph, ["pre"]);
        Assert.Equal([0, 20, 0, 50], Run(changed, "pre", [-1, 1], [0, 0]));      // relu of the negative
    }

    [Fact]
    public void A_name_that_does_not_exist_is_answered_with_those_that_do()
    {
        var error = Assert.Throws<GrokException>(() => Interventions.Apply(_graph, ["hiden"]));
        Assert.Contains("Did you mean 'hidden'?", error.Problem, StringComparison.Ordinal);
        Assert.Contains("pre, hidden", error.Remedy, StringComparison.Ordinal);
    }

    private static float[] Run(Graph graph, string name, float[] keep, float[] set)
    {
        using var session = new ReferenceEngine().Compile(graph, new());
        session.Write("x", Tensor.Of<float>([2, 3], [1, 2, 3, 4, 5, 6]));
        session.Write("w", Tensor.Of<float>([3, 2], [1, 0, 0, 1, 0, 0]));
        session.Write(Interventions.Keep(name), Tensor.Of<float>([1, 2], keep));
        session.Write(Interventions.Set(name), Tensor.Of<float>([1, 2], set));
        session.Run();
        var y = new Tensor(TensorType.Float32([2, 2]));
        session.Read("y", y);
        return y.AsSpan<float>().ToArray();
    }
}
