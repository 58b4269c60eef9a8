namespace GrokPipeline.Graphs.Engines;

/// <summary>What goes wrong at an engine's port, with one wording for all engines.</summary>
public static class PortErrors
{
    /// <summary>The error for a name that is none of the graph's inputs.</summary>
    public static GrokException NoSuchInput(Graph graph, string name)
    {
        var names = graph.Inputs.Select(input => input.Name!).ToArray();
        return new(
            $"Graph {graph.Name} has no input '{name}'.{Spelling.Suggestion(name, names)}", $"Its inputs are: {string.Join(", ", names)}.", name);
    }

    /// <summary>The error for a name that is neither an output nor an input.</summary>
    public static GrokException NoSuchName(Graph graph, string name)
    {
        var names = graph.Outputs.Select(output => output.Name).Concat(graph.Inputs.Select(input => input.Name!)).ToArray();
        return new(
            $"Graph {graph.Name} has no output or input '{name}'.{Spelling.Suggestion(name, names)}",
            $"Its outputs and inputs are: {string.Join(", ", names)}.", name);
    }

    /// <summary>The error for a tensor of another type than the graph says.</summary>
    public static GrokException WrongType(Graph graph, string name, TensorType expected, TensorType given) =>
        new($"In graph {graph.Name}, '{name}' is {expected}; a tensor of {given} was given.", $"Give a tensor of {expected}.", name);
}
