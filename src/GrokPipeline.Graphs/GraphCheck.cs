namespace GrokPipeline.Graphs;

/// <summary>What must hold of every graph; checked whenever one is made.</summary>
public static class GraphCheck
{
    /// <summary>Throws when something does not hold; the message names the value.</summary>
    public static void Verify(Graph graph)
    {
        Unique(graph, graph.Inputs.Select(input => input.Name!), "input");
        Unique(graph, graph.Outputs.Select(output => output.Name), "output");
        Inputs(graph);
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
            Types(graph, value);
        }
        foreach (var (name, value) in graph.Outputs)
        {
            if (named.TryGetValue(name, out var other) && other != value)
            {
                throw Broken(graph, name, "is an output and the name of another value", "Give one of them another name.");
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

    // A name at the port means one thing: Read("x") must not be a choice between an output and an input.
    private static void Inputs(Graph graph)
    {
        var outputs = graph.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var input in graph.Inputs)
        {
            if (!input.IsInput) { throw Broken(graph, input.Name, $"({input}) is declared as an input but is computed", "Use Value.Input."); }
            if (string.IsNullOrWhiteSpace(input.Name)) { throw Broken(graph, input.Name, "is no name for an input", "Name it."); }
            if (outputs.Contains(input.Name))
            {
                throw Broken(graph, input.Name, "is the name of an input and of an output", "A carried output ends in a prime: theta'.");
            }
        }
    }

    // What the operator says of its inputs is what the value says of itself; and doubles stay inside a graph.
    private static void Types(Graph graph, Value value)
    {
        var inferred = value.Op?.Infer([.. value.Inputs.Select(input => input.Type)]) ?? value.Type;
        if (inferred != value.Type)
        {
            throw Broken(graph, value.Name, $"is {value.Type}, but {value.Op!.OpType} gives {inferred}", "The operator's type rule must be pure.");
        }
        if (value.Type.Element == ElementType.Float64 && (value.IsInput || graph.Outputs.Any(output => output.Value == value)))
        {
            throw Broken(graph, value.Name, $"is {value.Type}; floats at a graph's port are Float32", "Cast the tensor to Float32 beforehand.");
        }
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
