using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Passes;

/// <summary>What passes have in common: values rebuilt from the inputs on, the port as it was.</summary>
internal static class Rewriting
{
    /// <summary>
    /// The graph with each computed value replaced by what <paramref name="rewrite"/> makes of it. It is given the old value and its
    /// inputs, already replaced.
    /// </summary>
    public static Graph Apply(Graph graph, Func<Value, ImmutableArray<Value>, Value> rewrite)
    {
        var replaced = new Dictionary<Value, Value>();
        foreach (var value in graph.Values)
        {
            replaced[value] = value.IsInput ? value : rewrite(value, [.. value.Inputs.Select(input => replaced[input])]);
        }
        return Graph.Of(
            graph.Name, graph.Inputs, graph.Outputs.Select(output => output with { Value = replaced[output.Value] }), graph.Carried);
    }

    /// <summary>The value on other inputs; itself when they are those that it has.</summary>
    public static Value OnInputs(Value value, ImmutableArray<Value> inputs) =>
        value.Inputs.AsSpan().SequenceEqual(inputs.AsSpan()) ? value : value.On(inputs);
}
