namespace GrokPipeline.Graphs;

/// <summary>What must hold of every graph; checked whenever one is made.</summary>
public static class GraphCheck
{
    /// <summary>Throws when something does not hold; the message names the value.</summary>
    public static void Verify(Graph graph)
    {
        Unique(graph, graph.Inputs.Select(input => input.Name!), "input");
        Unique(graph, graph.Outputs.Select(output => output.Name), "output");
        var declared = graph.Inputs.ToHashSet();
        var named = new Dictionary<string, Value>(StringComparer.Ordinal);
        foreach (var value in graph.Values)
        {
            if (value.IsInput && !declared.Contains(value))
            {
                throw Broken(graph, value.Name, "is used but is not among the graph's inputs", "Declare it as an input.");
            }
            if (value.Name is { } name && !named.TryAdd(name, value))
            {
                throw Broken(graph, name, "names two values", "Give each value a name of its own.");
            }
        }
        foreach (var pair in graph.Carried)
        {
            var (from, to) = (graph.OutputType(pair.Output), graph.InputType(pair.Input));
            if (from is null || to is null || from != to)
            {
                throw Broken(
                    graph, pair.Output, $"({from?.ToString() ?? "no such output"}) is carried to {pair.Input} ({to?.ToString() ?? "no such input"})",
                    "Carry an output to an input of the same type.");
            }
        }
        Unique(graph, graph.Carried.Select(pair => pair.Input), "carried input");
    }

    private static void Unique(Graph graph, IEnumerable<string> names, string kind)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!seen.Add(name)) { throw Broken(graph, name, $"is the name of two {kind}s", "Names are unique."); }
        }
    }

    private static GrokException Broken(Graph graph, string? name, string problem, string remedy) =>
        new($"In graph {graph.Name}, '{name}' {problem}.", remedy, name);
}
