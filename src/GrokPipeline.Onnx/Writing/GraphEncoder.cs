using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Onnx.Proto;

namespace GrokPipeline.Onnx.Writing;

/// <summary>Writes one graph: inputs, initializers, a node for each value, outputs, and the types of all values in between.</summary>
internal sealed class GraphEncoder
{
    private readonly GraphPair _pair;
    private readonly TensorNames _names;
    private readonly IReadOnlyDictionary<string, Tensor> _initializers;
    private readonly GraphProto _proto = new();
    private readonly Dictionary<string, string> _integers = new(StringComparer.Ordinal);
    private readonly Dictionary<Extent, string> _batchExtents = [];

    public GraphEncoder(GraphPair pair, IReadOnlyDictionary<string, Tensor> initializers)
    {
        _pair = pair;
        _names = new(pair.Small);
        _initializers = initializers;
        _proto.Name = pair.Small.Name.Length > 0 ? pair.Small.Name : "graph";
    }

    public GraphProto Encode()
    {
        foreach (var input in _pair.Small.Inputs)
        {
            if (_initializers.TryGetValue(input.Name!, out var tensor)) { _proto.Initializer.Add(Initializer(input, tensor)); }
            else { _proto.Input.Add(Typed(input, input.Name!, complete: true)); }
        }
        foreach (var value in _pair.Small.Values.Where(value => !value.IsInput)) { Node(value); }
        foreach (var output in _pair.Small.Outputs) { Output(output); }
        var outputs = _pair.Small.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var value in _pair.Small.Values.Where(value => !value.IsInput && !outputs.Contains(_names[value])))
        {
            _proto.ValueInfo.Add(Typed(value, _names[value], complete: false));
        }
        return _proto;
    }

    private TensorProto Initializer(Value input, Tensor tensor)
    {
        if (input.Type != tensor.Type || _pair.Twin(input).Type != tensor.Type)
        {
            throw new GrokException(
                $"The initializer {tensor.Type} does not fit the input {input.Type}.", "Give the parameter's own value.", input.Name);
        }
        return ProtoForms.Tensor(input.Name, tensor);
    }

    private ValueInfoProto Typed(Value value, string name, bool complete)
    {
        var extents = _pair.Shape(value);
        if (complete && extents.Contains(null))
        {
            throw new GrokException(
                $"'{name}' has the shape {value.Shape} at one batch size and {_pair.Twin(value).Shape} at another.",
                "An axis of an input or output is fixed or a multiple of the batch size.", name);
        }
        return ProtoForms.Typed(name, value.Type.Element, extents);
    }

    private void Output(GraphOutput output)
    {
        if (_names[output.Value] != output.Name)
        {
            _proto.Node.Add(ProtoForms.Node("Identity", $"Identity_{output.Name}", [_names[output.Value]], output.Name));
        }
        _proto.Output.Add(Typed(output.Value, output.Name, complete: true));
    }

    private void Node(Value value)
    {
        var (op, twin) = (value.Op!, _pair.Twin(value).Op!);
        if (!OpSet.Contains(op)) { throw Foreign(value); }
        foreach (var (a, b) in op.Attributes.Zip(twin.Attributes))
        {
            if (!ProtoForms.Same(a.Content, b.Content)) { throw DependsOnBatch(value, a); }
        }
        if (op is Fill { Type: { Element: ElementType.Float32, Shape.Rank: 0 } } number)
        {
            Add(value, new Constant(Tensor.Scalar((float)number.Number)), []);
            return;
        }
        var inputs = value.Inputs.Select(input => _names[input]).ToList();
        inputs.AddRange(op.ConstantInputs.Zip(twin.ConstantInputs, (a, b) => ConstantInput(value, a, b)));
        Add(value, op, inputs);
    }

    private void Add(Value value, Op op, IEnumerable<string> inputs)
    {
        var node = ProtoForms.Node(op.OpType, _names.Node(value, op), inputs, _names[value]);
        node.Attribute.AddRange(op.Attributes.Select(ProtoForms.Attribute));
        _proto.Node.Add(node);
    }

    private string ConstantInput(Value value, OpAttribute small, OpAttribute large)
    {
        if (ProtoForms.Same(small.Content, large.Content))
        {
            return small.Content is ImmutableArray<long> same ? Integers(small.Name, same) : Literal(value, small);
        }
        if (small.Name != "shape" || small.Content is not ImmutableArray<long> a || large.Content is not ImmutableArray<long> b)
        {
            throw DependsOnBatch(value, small);
        }
        var open = Enumerable.Range(0, a.Length).Where(axis => a[axis] != b[axis]).ToArray();
        return value.Op is Reshape && open.Length == 1
            ? Integers(small.Name, a.SetItem(open[0], Keeps(value.Inputs[0], open[0], a, b) ? 0 : -1))
            : ComputedShape(value, small, _pair.Extents(a, b));
    }

    // Whether the input has the same extents on this axis. A Reshape then says 0, "as it is", which holds for no rows too; -1, "what is
    // left", follows from a division by the other extents.
    private bool Keeps(Value input, int axis, ImmutableArray<long> small, ImmutableArray<long> large) =>
        axis < input.Shape.Rank && input.Shape[axis] == small[axis] && _pair.Twin(input).Shape[axis] == large[axis];

    // Lists of integers are shared: a model has few different ones.
    private string Integers(string name, ImmutableArray<long> numbers)
    {
        var wish = $"{name}.{string.Join('_', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)))}".TrimEnd('.');
        if (!_integers.TryGetValue(wish, out var tensor))
        {
            tensor = _integers[wish] = _names.Fresh(wish);
            _proto.Initializer.Add(ProtoForms.Integers(tensor, numbers));
        }
        return tensor;
    }

    private string Literal(Value value, OpAttribute constant)
    {
        var tensor = _names.Fresh($"{_names[value]}.{constant.Name}");
        _proto.Initializer.Add(ProtoForms.Tensor(tensor, (Tensor)constant.Content));
        return tensor;
    }

    // A shape with the batch size in it, computed from the input that has it.
    private string ComputedShape(Value value, OpAttribute constant, ImmutableArray<Extent?> extents)
    {
        if (_pair.Batch is null || extents.Contains(null)) { throw DependsOnBatch(value, constant); }
        var parts = extents.Select(extent => extent!.Value)
            .Select(extent => extent.OfBatch ? BatchExtent(extent) : Integers("extent", [extent.Number])).ToArray();
        var shape = _names.Fresh($"{_names[value]}.{constant.Name}");
        var node = ProtoForms.Node("Concat", _names.Node("Concat"), parts, shape);
        node.Attribute.Add(ProtoForms.Attribute(OpAttribute.Of("axis", 0L)));
        _proto.Node.Add(node);
        List(shape, parts.Length);
        return shape;
    }

    private string BatchExtent(Extent extent)
    {
        if (_batchExtents.TryGetValue(extent, out var known)) { return known; }
        var name = _batchExtents[extent] = _names.Fresh($"{extent}.extent");
        if (extent.Number == 1)
        {
            var (input, axis) = _pair.Batch!.Value;
            var node = ProtoForms.Node("Shape", _names.Node("Shape"), [_names[input]], name);
            node.Attribute.Add(ProtoForms.Attribute(OpAttribute.Of("start", (long)axis)));
            node.Attribute.Add(ProtoForms.Attribute(OpAttribute.Of("end", axis + 1L)));
            _proto.Node.Add(node);
        }
        else
        {
            var inputs = new[] { BatchExtent(new(1, OfBatch: true)), Integers("extent", [extent.Number]) };
            _proto.Node.Add(ProtoForms.Node("Mul", _names.Node("Mul"), inputs, name));
        }
        List(name, 1);
        return name;
    }

    // The type of a computed list of integers.
    private void List(string name, int length) =>
        _proto.ValueInfo.Add(ProtoForms.Typed(name, ElementType.Int64, [new Extent(length, OfBatch: false)]));

    private static GrokException Foreign(Value value) => new(
        $"The operator {value.Op!.OpType} ({value.Op.GetType().Name}) is none that a file can hold.",
        $"Write the model with operators of the set: {string.Join(", ", OpSet.All.Keys)}.", value.Name ?? value.ToString());

    private static GrokException DependsOnBatch(Value value, OpAttribute attribute) => new(
        $"{value.Op!.OpType} has another {attribute.Name} at another batch size ({attribute}), which a file cannot say.",
        "Write the model so that no number in it depends on the batch size.", value.Name ?? value.ToString());
}
