using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Passes;

/// <summary>
/// Named values that can be changed at run time: <c>v</c> becomes <c>v·keep + set</c>, and what is computed from it follows. With keep 1
/// and set 0 the graph computes what it did. Keep 0 with set 0 removes a value (zero ablation), keep 0 with set m puts a constant there
/// (mean ablation), and a keep of zeros and ones does so for some elements, for instance those of one head.
/// </summary>
public static class Interventions
{
    /// <summary>The input that the value is multiplied by: its type with one row.</summary>
    public static string Keep(string name) => $"{name}.keep";

    /// <summary>The input that is added then: its type with one row.</summary>
    public static string Set(string name) => $"{name}.set";

    /// <summary>The graph with two more inputs for each name, in the order of the names; both begin as zeros and must be written.</summary>
    /// <param name="graph">The graph. The first axis of a changed value is that of rows; what is set is the same for all.</param>
    /// <param name="names">Names of Float32 values inside that are no inputs.</param>
    /// <exception cref="GrokException">There is no such value (the message lists those there are), or it is of another type.</exception>
    public static Graph Apply(Graph graph, IReadOnlyCollection<string> names)
    {
        var chosen = names.ToHashSet(StringComparer.Ordinal);
        var known = graph.Values.Where(value => value is { IsInput: false, Name: not null }).Select(value => value.Name!).ToArray();  // not null: filtered
        foreach (var name in names.Where(name => !known.Contains(name, StringComparer.Ordinal)))
        {
            throw new GrokException(
                $"Graph {graph.Name} has no value named '{name}' to change.{Spelling.Suggestion(name, known)}",
                $"Named are: {string.Join(", ", known)}.", name);
        }
        var (replaced, ports) = (new Dictionary<Value, Value>(), new Dictionary<string, (Value Keep, Value Set)>(StringComparer.Ordinal));
        foreach (var value in graph.Values)
        {
            var fresh = value.IsInput ? value : Rewriting.OnInputs(value, [.. value.Inputs.Select(input => replaced[input])]);
            replaced[value] = !value.IsInput && value.Name is { } name && chosen.Contains(name) ? Changed(fresh, name, ports) : fresh;
        }
        return Graph.Of(
            graph.Name, [.. graph.Inputs, .. names.Distinct(StringComparer.Ordinal).SelectMany(name => (Value[])[ports[name].Keep, ports[name].Set])],
            graph.Outputs.Select(output => output with { Value = replaced[output.Value] }), graph.Carried);
    }

    // The changed value takes over the name; what it is made of loses it.
    private static Value Changed(Value value, string name, Dictionary<string, (Value Keep, Value Set)> ports)
    {
        if (value.Type.Element != ElementType.Float32 || value.Shape.Rank == 0)
        {
            throw new GrokException($"{value} cannot be changed: it is no Float32 tensor with rows.", "Choose an activation.", name);
        }
        var type = TensorType.Float32(value.Shape.With(0, 1));
        var (keep, set) = ports[name] = (Value.Input(Keep(name), type), Value.Input(Set(name), type));
        return ((Value.Of(value.Op!, value.Inputs.AsSpan()) * keep) + set).Named(name);      // no input: it has an operator
    }
}
