using System.Collections.Immutable;

namespace GrokPipeline.Graphs;

/// <summary>An output of a graph under the name that it has at the engine's port.</summary>
/// <param name="Name">Unique among outputs; a carried one ends in a prime (<c>theta'</c>).</param>
/// <param name="Value">What is computed.</param>
public readonly record struct GraphOutput(string Name, Value Value);

/// <summary>An output that becomes an input of the next run: state in, state out.</summary>
/// <param name="Output">The output's name.</param>
/// <param name="Input">The input's name; same type.</param>
public readonly record struct CarriedPair(string Output, string Input);

/// <summary>
/// Named inputs, named outputs, and which outputs become inputs of the next run. Immutable; everything between inputs and outputs is
/// reached from the outputs. Pure: a run depends on inputs alone.
/// </summary>
public sealed class Graph
{
    private Graph(
        string name, ImmutableArray<Value> inputs, ImmutableArray<GraphOutput> outputs, ImmutableArray<CarriedPair> carried)
    {
        Name = name;
        Inputs = inputs;
        Outputs = outputs;
        Carried = carried;
        Values = Topology.Of(outputs.Select(output => output.Value));
    }

    /// <summary>A name for messages and files.</summary>
    public string Name { get; }

    /// <summary>The inputs, in the order of the port; some may be unused.</summary>
    public ImmutableArray<Value> Inputs { get; }

    /// <summary>The outputs, in the order of the port.</summary>
    public ImmutableArray<GraphOutput> Outputs { get; }

    /// <summary>Outputs that become inputs.</summary>
    public ImmutableArray<CarriedPair> Carried { get; }

    /// <summary>Every value that an output needs, inputs included, each after what it is computed from.</summary>
    public ImmutableArray<Value> Values { get; }

    /// <summary>Makes a graph and verifies it (see <see cref="GraphCheck"/>).</summary>
    /// <exception cref="GrokException">A name is used twice, an input is missing, or a carried pair does not fit.</exception>
    public static Graph Of(
        string name, IEnumerable<Value> inputs, IEnumerable<GraphOutput> outputs, IEnumerable<CarriedPair>? carried = null)
    {
        var graph = new Graph(name, [.. inputs], [.. outputs], carried is null ? [] : [.. carried]);
        GraphCheck.Verify(graph);
        return graph;
    }

    /// <summary>The type of a named input, or null when there is none.</summary>
    public TensorType? InputType(string name) => Inputs.FirstOrDefault(input => input.Name == name)?.Type;

    /// <summary>The type of a named output, or null when there is none.</summary>
    public TensorType? OutputType(string name) => Outputs.FirstOrDefault(output => output.Name == name).Value?.Type;

    /// <summary>The value with this name among all values, or null.</summary>
    public Value? Find(string name) => Values.FirstOrDefault(value => value.Name == name);
}
