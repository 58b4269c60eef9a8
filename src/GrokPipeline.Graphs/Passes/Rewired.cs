using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Passes;

/// <summary>The same computation on other values: some inputs replaced by what something else computes, names changed on the way.</summary>
public static class Rewired
{
    /// <summary>Values with some inputs replaced. What depends on none of them stays the same value.</summary>
    /// <param name="values">What is wanted.</param>
    /// <param name="replaced">For some inputs below them the value that takes their place, of the same type.</param>
    /// <param name="rename">
    /// From the name of a value that is rebuilt to the name that it gets, null for none; names stay when this is null.
    /// </param>
    /// <exception cref="GrokException">A value of another type would take an input's place.</exception>
    public static ImmutableArray<Value> Apply(
        IEnumerable<Value> values, IReadOnlyDictionary<Value, Value> replaced, Func<string, string?>? rename = null)
    {
        foreach (var (input, value) in replaced)
        {
            if (input.Type == value.Type) { continue; }
            throw new GrokException($"'{input.Name}' is {input.Type}; {value} cannot take its place.", "Convert it first.", input.Name);
        }
        var roots = values.ToImmutableArray();
        var rebuilt = new Dictionary<Value, Value>();
        foreach (var value in Topology.Of(roots))
        {
            rebuilt[value] = replaced.TryGetValue(value, out var other) ? other
                : value.Inputs.All(input => rebuilt[input] == input) ? value
                : Renamed(value, [.. value.Inputs.Select(input => rebuilt[input])], rename);
        }
        return [.. roots.Select(root => rebuilt[root])];
    }

    private static Value Renamed(Value value, ImmutableArray<Value> inputs, Func<string, string?>? rename)
    {
        if (value.Name is not { } name || rename is null) { return value.On(inputs); }
        var fresh = Value.Of(value.Op!, inputs.AsSpan());                      // not null: an input has no inputs
        return rename(name) is { } other ? fresh.Named(other) : fresh;
    }
}
