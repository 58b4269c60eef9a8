using System.Diagnostics;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Tests.Graphs;

public sealed class GraphTests
{
    private static readonly Value X = Value.Input("x", TensorType.Float32([2]));
    private static readonly Value Y = Value.Input("y", TensorType.Float32([3]));

    [Fact]
    public void Values_come_after_what_they_are_computed_from_each_once()
    {
        var a = X + 1;
        var b = a * a;
        var order = Topology.Of(b - a);
        Assert.Equal(5, order.Length);                                              // x, 1, a, b, b − a
        Assert.Equal([X, a.Inputs[1], a, b], order[..4]);
    }

    [Fact]
    public void A_deep_graph_needs_no_deep_stack()
    {
        var value = X;
        for (var i = 0; i < 100_000; i++) { value += X; }
        Assert.Equal(100_001, Topology.Of(value).Length);
    }

    [Fact]
    public void A_graph_of_thousands_of_values_is_made_at_once()
    {
        var value = X;
        for (var i = 0; i < 1500; i++) { value = ((value * 1.01) + X).Tanh(); }
        var clock = Stopwatch.StartNew();
        var gradient = Gradients.Of(value.Sum(), [X]).Single();
        var graph = Graph.Of("long", [X], [new("d", gradient)]);
        Assert.True(graph.Values.Length > 10_000, $"{graph.Values.Length} values");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    [Fact]
    public void Naming_an_input_changes_nothing() => Assert.Same(X, X.Named("z"));

    [Fact]
    public void Values_are_found_by_name()
    {
        var h = X.Tanh().Named("h");
        var graph = Graph.Of("find", [X], [new("out", h.Sum())]);
        Assert.Same(h, graph.Find("h"));
        Assert.Null(graph.Find("nothing"));
        Assert.Equal(TensorType.Float32([]), graph.OutputType("out"));
        Assert.Null(graph.OutputType("h"));
        Assert.Equal(TensorType.Float32([2]), graph.InputType("x"));
    }

    private static Graph Double(string name, Value input) => Graph.Of(name, [input], [new("o", input)]);

    public static TheoryData<string> Broken => [.. BrokenGraphs.Keys];

    private static Dictionary<string, Func<Graph>> BrokenGraphs { get; } = new()
    {
        ["In graph g, 'x' is used but is not among the graph's inputs."] = () => Graph.Of("g", [], [new("o", X + 1)]),
        ["In graph g, 'x' is the name of two inputs."] = () => Graph.Of("g", [X, Value.Input("x", Y.Type)], [new("o", X)]),
        ["In graph g, 'o' is the name of two outputs."] = () => Graph.Of("g", [X], [new("o", X), new("o", X + 1)]),
        ["In graph g, 'h' names two values."] = () => Graph.Of("g", [X], [new("o", (X + 1).Named("h") * (X + 2).Named("h"))]),
        ["In graph g, 'o' (Float32[2]) is carried to y (Float32[3])."] = () => Graph.Of("g", [X, Y], [new("o", X)], [new("o", "y")]),
        ["In graph g, 'o' (Float32[2]) is carried to z (no such input)."] = () => Graph.Of("g", [X], [new("o", X)], [new("o", "z")]),
        ["In graph g, 'p' (no such output) is carried to x (Float32[2])."] = () => Graph.Of("g", [X], [new("o", X)], [new("p", "x")]),
        ["In graph g, 'x' is the name of two carried inputs."] =
            () => Graph.Of("g", [X], [new("o", X + 1), new("p", X + 2)], [new("o", "x"), new("p", "x")]),
        ["In graph g, 'x' is the name of an input and of an output."] = () => Graph.Of("g", [X], [new("x", X + 1)]),
        ["In graph g, 'h' is an output and the name of another value."] =
            () => Graph.Of("g", [X], [new("o", (X + 1).Named("h")), new("h", X + 2)]),
        ["In graph g, 'd' is Float64[2]; floats at a graph's port are Float32."] =
            () => Double("g", Value.Input("d", new(ElementType.Float64, [2]))),
        ["In graph g, '' is no name for an input."] = () => Graph.Of("g", [Value.Input("", X.Type)], [new("o", 1)]),
        ["In graph g, '' (Tanh -> Float32[2]) is declared as an input but is computed."] = () => Graph.Of("g", [X.Tanh()], [new("o", X)]),
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_graph_is_refused_in_words(string problem) =>
        Assert.Equal(problem, Assert.Throws<GrokException>(BrokenGraphs[problem]).Problem);
}
