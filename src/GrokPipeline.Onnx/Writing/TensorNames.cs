using System.Globalization;

namespace GrokPipeline.Onnx.Writing;

/// <summary>
/// Which tensor name a value has in a file: its own; else that of the output it is; else v0, v1, … An output that cannot lend its name
/// (another output of the same value has it already, or the value has a name of its own) is a copy of the value.
/// </summary>
internal sealed class TensorNames
{
    private readonly Dictionary<Value, string> _tensors = [];
    private readonly Dictionary<Value, int> _numbers = [];
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private int _next;

    /// <summary>Names every value of a graph.</summary>
    /// <exception cref="GrokException">Two values have one name.</exception>
    public TensorNames(Graph graph)
    {
        foreach (var value in graph.Inputs.Concat(graph.Values).Distinct().Where(value => value.Name is not null))
        {
            _tensors[value] = _taken.Add(value.Name!) ? value.Name! : throw Twice(value.Name!);
        }
        foreach (var output in graph.Outputs)
        {
            if (_tensors.TryGetValue(output.Value, out var name) && name == output.Name) { continue; }
            if (!_taken.Add(output.Name)) { throw Twice(output.Name); }
            if (output.Value.Name is null) { _tensors.TryAdd(output.Value, output.Name); }
        }
        foreach (var value in graph.Values.Where(value => value.Name is null))
        {
            while (!_tensors.ContainsKey(value) && _taken.Contains(Numbered(_next))) { _next++; }
            _numbers[value] = _next;
            if (_tensors.TryAdd(value, Numbered(_next))) { _taken.Add(Numbered(_next)); }
            _next++;
        }
    }

    /// <summary>The tensor name of a value.</summary>
    public string this[Value value] => _tensors[value];

    /// <summary>
    /// The name of a value's node: the value's own; <c>MatMul_3</c> when nobody named it, which is how a reader knows.
    /// <paramref name="op"/> is the operator that is written, which for a scalar is not the value's own.
    /// </summary>
    public string Node(Value value, Op op) =>
        value.Name ?? $"{op.OpType}_{_numbers[value].ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The name of a node that stands for no value; nobody named it.</summary>
    public string Node(string opType) => $"{opType}_{(_next++).ToString(CultureInfo.InvariantCulture)}";

    /// <summary>A name for a tensor that stands for no value: the wish, or the wish with a number when it is taken.</summary>
    public string Fresh(string wish)
    {
        var name = wish;
        for (var i = 1; !_taken.Add(name); i++) { name = $"{wish}.{i.ToString(CultureInfo.InvariantCulture)}"; }
        return name;
    }

    private static GrokException Twice(string name) =>
        new($"'{name}' is the name of two values.", "A file names each tensor once: rename one of them.", name);

    private static string Numbered(int number) => $"v{number.ToString(CultureInfo.InvariantCulture)}";
}
