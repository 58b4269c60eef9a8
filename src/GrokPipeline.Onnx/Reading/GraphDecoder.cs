using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Onnx.Proto;

namespace GrokPipeline.Onnx.Reading;

/// <summary>
/// Makes a graph from a file's nodes, in their order. A node may use only what stands before it, so order, cycles and missing values
/// are one check.
/// </summary>
internal sealed class GraphDecoder
{
    private readonly GraphProto _proto;
    private readonly int _batch;
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorProto> _initializers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, object> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private readonly KnownShapes _shapes;

    public GraphDecoder(GraphProto proto, int batch)
    {
        _proto = proto;
        _batch = batch;
        _shapes = new(name => _values.GetValueOrDefault(name), ListOrNull);
    }

    /// <summary>Values of those inputs of the graph that the file brings itself.</summary>
    public IReadOnlyDictionary<string, Tensor> Initializers => _tensors;

    public Graph Decode()
    {
        foreach (var initializer in _proto.Initializer)
        {
            if (initializer.Name.Length == 0 || !_initializers.TryAdd(initializer.Name, initializer))
            {
                throw ModelFile.Broken($"There are two initializers '{initializer.Name}', or it has no name.", "graph");
            }
        }
        var inputs = new List<Value>();
        foreach (var input in _proto.Input.Where(input => !_initializers.ContainsKey(input.Name))) { inputs.Add(Input(input)); }
        for (var i = 0; i < _proto.Node.Count; i++) { Node(_proto.Node[i], i); }
        var parameters = _proto.Initializer.Select(i => i.Name).Where(name => _values.ContainsKey(name) || !_constants.ContainsKey(name));
        inputs.AddRange(parameters.ToArray().Select(name => Parameter(name, "graph")!));        // never null: it is an initializer
        foreach (var info in _proto.ValueInfo) { CheckType(info, "value_info"); }
        var outputs = _proto.Output.Select(output => new GraphOutput(output.Name, CheckType(output, "output")
            ?? throw ModelFile.Broken($"The output '{output.Name}' is computed nowhere.", "graph"))).ToArray();
        return Guarded("graph", () => Graph.Of(_proto.Name, inputs, outputs));
    }

    private Value Input(ValueInfoProto info)
    {
        var port = SignatureForms.Port(info);
        if (port.Name.Length == 0 || _values.ContainsKey(port.Name))
        {
            throw ModelFile.Broken($"There are two inputs '{port.Name}', or it has no name.", "graph");
        }
        if (port is not { Element: { } element, Extents: { } extents })
        {
            throw ModelFile.Broken($"The input {port} has no type that is read.", "graph");
        }
        if (extents.Length > OnnxReader.MaximumRank)
        {
            throw ModelFile.Broken($"The input '{port.Name}' has {extents.Length} axes.", "graph");
        }
        var shape = new int[extents.Length];
        for (var axis = 0; axis < shape.Length; axis++)
        {
            shape[axis] = Resolve(extents[axis]) ?? (axis == 0 && extents[axis].Symbol is not null ? _batch
                : throw ModelFile.Broken($"Axis {axis} of the input {port} is neither a number nor the batch.", "graph"));
        }
        return _values[port.Name] = Counted(port.Name, () => Value.Input(port.Name, new(element, TensorShape.Create(shape))));
    }

    // A number, the batch, or a multiple of it; null for another symbol.
    private int? Resolve(OnnxExtent extent)
    {
        if (extent.Number is { } number)
        {
            return number is > 0 and <= int.MaxValue ? (int)number : throw ModelFile.Broken($"An extent is {number}.", "graph");
        }
        if (extent.Symbol == "batch") { return _batch; }
        return extent.Symbol is { } symbol && symbol.StartsWith("batch*", StringComparison.Ordinal)
            && int.TryParse(symbol.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var times)
            && (long)times * _batch is > 0 and <= int.MaxValue and var product ? (int)product : null;
    }

    private Value? CheckType(ValueInfoProto info, string where)
    {
        var port = SignatureForms.Port(info);
        if (Find(port.Name, where) is not { } value) { return null; }
        var fits = (port.Element is null || port.Element == value.Type.Element)
            && (port.Extents is not { } extents || (extents.Length == value.Shape.Rank
                && extents.Zip(value.Shape).All(pair => (Resolve(pair.First) ?? pair.Second) == pair.Second)));
        return fits ? value : throw ModelFile.Broken($"The file says {port}, but what is computed is {value.Type}.", where);
    }

    private void Node(NodeProto node, int index)
    {
        var place = $"node {index.ToString(CultureInfo.InvariantCulture)} '{node.Name}'";
        if (node.Domain is not ("" or "ai.onnx"))
        {
            throw ModelFile.Broken($"The operator {node.OpType} is of the domain '{node.Domain}'.", place);
        }
        if (node.Output.Count != 1 || node.Output[0].Length == 0)
        {
            throw ModelFile.Broken($"{node.OpType} has {node.Output.Count} outputs instead of one.", place);
        }
        var name = node.Output[0];
        if (_values.ContainsKey(name) || _initializers.ContainsKey(name) || _shapes.Contains(name))
        {
            throw ModelFile.Broken($"'{name}' is computed twice.", place);
        }
        if (Guarded(place, () => _shapes.TryFold(node, place))) { return; }
        if (node.OpType == "Identity" && node.Input.Count == 1) { _values[name] = Own(node.Input[0], place); }
        else { _values[name] = Counted(place, () => Operator(node, place)); }
    }

    private Value Operator(NodeProto node, string place)
    {
        var entry = OpSet.Find(node.OpType);
        var own = entry.Inputs < 0 ? node.Input.Count : entry.Inputs;
        if (node.Input.Count < own) { throw ModelFile.Broken($"{node.OpType} takes {own} inputs; {node.Input.Count} are given.", place); }
        var inputs = node.Input.Take(own).Select(input => Own(input, place)).ToImmutableArray();
        var constants = node.Input.Skip(own).Select(input => input.Length == 0 ? null : Constant(input, place)).ToImmutableArray();
        var attributes = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var attribute in node.Attribute)
        {
            if (!attributes.TryAdd(attribute.Name, TensorForms.Attribute(attribute, place)))
            {
                throw ModelFile.Broken($"The attribute '{attribute.Name}' is there twice.", place);
            }
        }
        var op = entry.Make(new(node.OpType, attributes, constants, [.. inputs.Select(input => input.Type)]));
        NodeRules.RefuseWhatIsIgnored(op, attributes, constants, place);
        var value = Value.Of(op, inputs.AsSpan());
        return NodeRules.IsNamed(node) ? value.Named(node.Output[0]) : value;
    }

    private Value Own(string name, string place) =>
        Find(name, place) ?? throw ModelFile.Broken($"'{name}' is used before it is computed, or nowhere given.", place);

    private Value? Find(string name, string place) => _values.GetValueOrDefault(name) ?? Parameter(name, place);

    // An initializer that is used as an ordinary input is a parameter of the graph.
    private Value? Parameter(string name, string place)
    {
        if (_values.TryGetValue(name, out var known)) { return known; }
        if (!_initializers.TryGetValue(name, out var proto)) { return null; }
        var tensor = _tensors[name] = TensorForms.Tensor(proto, $"{place}, initializer '{name}'");
        return _values[name] = Value.Input(name, tensor.Type);
    }

    private object Constant(string name, string place)
    {
        if (_constants.TryGetValue(name, out var known)) { return known; }
        if (_shapes.Find(name) is { } shape) { return shape; }
        if (_initializers.TryGetValue(name, out var proto)) { return _constants[name] = TensorForms.Constant(proto, place); }
        return Own(name, place).Op is Graphs.Ops.Constant constant ? NodeRules.ListOr(constant.Content)
            : throw ModelFile.Broken($"'{name}' would have to be known, but is computed.", place);
    }

    private ImmutableArray<long>? ListOrNull(string name, string place) =>
        _initializers.ContainsKey(name) && Constant(name, place) is ImmutableArray<long> list ? list : null;

    private static Value Counted(string place, Func<Value> make) => Guarded(place, () =>
    {
        var value = make();
        _ = value.Type.SizeInBytes;                                  // throws where the product of the extents is beyond 32 bits
        return value.Shape.Rank <= OnnxReader.MaximumRank
            ? value
            : throw ModelFile.Broken($"The result has {value.Shape.Rank} axes.", place);
    });

    // What an operator or a shape refuses is the file's fault here, so it gets the file's place and kind.
    private static T Guarded<T>(string place, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (GrokException e)
        {
            throw e.Kind == ProblemKind.Integrity && e.Where is not null ? e
                : new GrokException(e.Problem, e.Remedy, place, ProblemKind.Integrity, e);
        }
        catch (Exception e) when (e is ArithmeticException or ArgumentException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw ModelFile.Broken($"The types do not fit together: {e.Message}", place, e);
        }
    }
}
