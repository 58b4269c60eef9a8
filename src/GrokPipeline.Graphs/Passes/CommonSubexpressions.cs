using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Passes;

/// <summary>
/// Computes once what is computed twice: the same operator on the same inputs. Names stay: of values that are the same, one with a name
/// stands for those without, and two names remain two values.
/// </summary>
public static class CommonSubexpressions
{
    /// <summary>The graph in which equal values are one.</summary>
    public static Graph Apply(Graph graph)
    {
        var classes = Classes(graph);
        var names = new Dictionary<int, string>();
        foreach (var value in graph.Values)
        {
            if (value is { IsInput: false, Name: { } name }) { names.TryAdd(classes[value], name); }
        }
        var built = new Dictionary<(int Class, string? Name), Value>();
        return Rewriting.Apply(graph, (value, inputs) =>
        {
            var name = value.Name ?? names.GetValueOrDefault(classes[value]);
            var key = (classes[value], name);
            if (built.TryGetValue(key, out var same)) { return same; }
            var fresh = Rewriting.OnInputs(value, inputs);
            return built[key] = name is null || fresh.Name == name ? fresh : fresh.Named(name);
        });
    }

    // Values of one class are equal: the same operator on inputs of the same classes, whatever their names.
    private static Dictionary<Value, int> Classes(Graph graph)
    {
        var classes = new Dictionary<Value, int>();
        var known = new Dictionary<Key, int>();
        foreach (var value in graph.Values)
        {
            var next = classes.Count;
            if (value.Op is null) { classes[value] = next; }
            else
            {
                var key = new Key(value.Op, [.. value.Inputs.Select(input => classes[input])]);
                classes[value] = known.TryGetValue(key, out var same) ? same : known[key] = next;
            }
        }
        return classes;
    }

    private readonly record struct Key(Op Op, IntegerList Inputs);
}
