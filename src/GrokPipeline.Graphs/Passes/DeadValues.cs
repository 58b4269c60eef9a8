namespace GrokPipeline.Graphs.Passes;

/// <summary>
/// Removes inputs that no output needs. Values that no output needs are in no graph to begin with. An input that is carried into stays:
/// it is state, even if nobody looks at it.
/// </summary>
public static class DeadValues
{
    /// <summary>The graph without them.</summary>
    public static Graph Apply(Graph graph)
    {
        var used = graph.Values.ToHashSet();
        var carried = graph.Carried.Select(pair => pair.Input).ToHashSet(StringComparer.Ordinal);
        return Graph.Of(
            graph.Name, graph.Inputs.Where(input => used.Contains(input) || carried.Contains(input.Name!)), graph.Outputs, graph.Carried);
    }
}
