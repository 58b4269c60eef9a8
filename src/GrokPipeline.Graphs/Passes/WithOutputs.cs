using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Passes;

/// <summary>Other outputs of the same graph: some of those that it has, or named values inside (activations for a probe).</summary>
public static class WithOutputs
{
    /// <summary>The graph with exactly these outputs, in this order; inputs that nobody needs any more are removed.</summary>
    /// <param name="graph">The graph; pairs whose output stays are carried on.</param>
    /// <param name="names">Names of outputs, or else of values.</param>
    /// <exception cref="GrokException">A name is neither; the message suggests the nearest.</exception>
    public static Graph Apply(Graph graph, IEnumerable<string> names)
    {
        var known = graph.Values.Where(value => value is { IsInput: false, Name: not null }).ToDictionary(value => value.Name!, StringComparer.Ordinal);
        foreach (var (name, value) in graph.Outputs) { known[name] = value; }
        var outputs = names.Select(name => known.TryGetValue(name, out var value) ? new GraphOutput(name, value) : throw new GrokException(
            $"Graph {graph.Name} has no output and no value named '{name}'.{Spelling.Suggestion(name, known.Keys)}",
            $"Named are: {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}.", name)).ToImmutableArray();
        var kept = outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        return DeadValues.Apply(Graph.Of(graph.Name, graph.Inputs, outputs, graph.Carried.Where(pair => kept.Contains(pair.Output))));
    }
}
