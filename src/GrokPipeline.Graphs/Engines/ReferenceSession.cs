using System.Collections.Immutable;
using System.Numerics;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Graphs.Engines;

/// <summary>
/// A graph with an array for each value. Floats are <typeparamref name="T"/>, but for those that the graph itself has in Float64.
/// </summary>
internal sealed class ReferenceSession<T> : ISession
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Graph _graph;
    private readonly Dictionary<string, (TensorType Type, Array Array)> _inputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (TensorType Type, Array Array)> _outputs = new(StringComparer.Ordinal);
    private readonly List<Action> _steps = [];
    private readonly List<(Array From, Array To)> _results = [];
    private readonly List<(Array From, Array To)> _carried = [];

    public ReferenceSession(Graph graph)
    {
        _graph = graph;
        var arrays = new Dictionary<Value, Array>();
        foreach (var input in graph.Inputs)
        {
            arrays[input] = Arrays.For<T>(input.Type);
            _inputs[input.Name!] = (input.Type, arrays[input]);
        }
        foreach (var value in graph.Values.Where(value => !value.IsInput))
        {
            arrays[value] = Arrays.For<T>(value.Type);
            _steps.Add(Step(value, [.. value.Inputs.Select(input => arrays[input])], arrays[value]));
        }
        // Outputs have memory of their own: one that is itself an input keeps what it was during the run when something is carried there.
        foreach (var (name, value) in graph.Outputs)
        {
            var result = Arrays.For<T>(value.Type);
            _outputs[name] = (value.Type, result);
            _results.Add((arrays[value], result));
        }
        foreach (var (output, input) in graph.Carried) { _carried.Add((_outputs[output].Array, _inputs[input].Array)); }
    }

    public void Write(string input, Tensor value)
    {
        if (!_inputs.TryGetValue(input, out var entry)) { throw PortErrors.NoSuchInput(_graph, input); }
        if (value.Type != AtPort(entry.Type) && value.Type != entry.Type)
        {
            throw PortErrors.WrongType(_graph, input, AtPort(entry.Type), value.Type);
        }
        Arrays.Fill<T>(entry.Array, value);
    }

    public void Run()
    {
        foreach (var step in _steps) { step(); }
        foreach (var (from, to) in _results) { Array.Copy(from, to, from.Length); }
        foreach (var (from, to) in _carried) { Array.Copy(from, to, from.Length); }
    }

    public void Read(string name, Tensor destination)
    {
        if (!_outputs.TryGetValue(name, out var entry) && !_inputs.TryGetValue(name, out entry))
        {
            throw PortErrors.NoSuchName(_graph, name);
        }
        if (destination.Type != AtPort(entry.Type)) { throw PortErrors.WrongType(_graph, name, AtPort(entry.Type), destination.Type); }
        Arrays.Copy<T>(entry.Array, destination);
    }

    public void Dispose()
    {
        // All memory is managed.
    }

    private static Action Step(Value value, Array[] inputs, Array output)
    {
        var op = value.Op!;                                                           // inputs are no steps
        ImmutableArray<TensorType> types = [.. value.Inputs.Select(input => input.Type)];
        if (op is Cast && types[0].Element.IsFloat() && value.Type.Element.IsFloat()) { return () => Arrays.Convert(inputs[0], output); }
        if (types.Append(value.Type).Any(type => type.Element == ElementType.Float64))
        {
            var wide = new Buffers<double>(types, inputs, value.Type, output);
            return () => op.Evaluate(wide);
        }
        var buffers = new Buffers<T>(types, inputs, value.Type, output);
        return () => op.Evaluate(buffers);
    }

    private static TensorType AtPort(TensorType type) => type.Element.IsFloat() ? type with { Element = ElementTypes.Of<T>() } : type;
}
