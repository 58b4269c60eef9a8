using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Google.Protobuf;
using GrokPipeline.Onnx.Proto;

namespace GrokPipeline.Onnx.Writing;

/// <summary>Our tensors, types and attributes as messages of the file format.</summary>
internal static class ProtoForms
{
    public static TensorProto Tensor(string? name, Tensor tensor)
    {
        var proto = new TensorProto { DataType = (int)tensor.Type.Element, RawData = ByteString.CopyFrom(tensor.Bytes) };
        if (name is not null) { proto.Name = name; }
        proto.Dims.AddRange(tensor.Shape.Select(extent => (long)extent));
        return proto;
    }

    public static TensorProto Integers(string name, ImmutableArray<long> numbers)
    {
        var proto = new TensorProto
        {
            Name = name,
            DataType = (int)ElementType.Int64,
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(numbers.AsSpan())),
        };
        proto.Dims.Add(numbers.Length);
        return proto;
    }

    /// <summary>A named tensor type; an extent that is null is left open.</summary>
    public static ValueInfoProto Typed(string name, ElementType element, ImmutableArray<Extent?> extents)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(extents.Select(extent => extent?.ToDimension() ?? new()));
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)element, Shape = shape } } };
    }

    public static AttributeProto Attribute(OpAttribute attribute)
    {
        var proto = new AttributeProto { Name = attribute.Name };
        switch (attribute.Content)
        {
            case long number:
                proto.Type = AttributeProto.Types.AttributeType.Int;
                proto.I = number;
                break;
            case float number:
                proto.Type = AttributeProto.Types.AttributeType.Float;
                proto.F = number;
                break;
            case string text:
                proto.Type = AttributeProto.Types.AttributeType.String;
                proto.S = ByteString.CopyFromUtf8(text);
                break;
            case ImmutableArray<long> numbers:
                proto.Type = AttributeProto.Types.AttributeType.Ints;
                proto.Ints.AddRange(numbers);
                break;
            case Tensor tensor:
                proto.Type = AttributeProto.Types.AttributeType.Tensor;
                proto.T = Tensor(null, tensor);
                break;
            default:
                throw new InvalidOperationException($"The attribute {attribute.Name} holds a {attribute.Content.GetType()}.");
        }
        return proto;
    }

    public static NodeProto Node(string opType, string name, IEnumerable<string> inputs, string output)
    {
        var node = new NodeProto { OpType = opType, Name = name };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        return node;
    }

    /// <summary>True when two contents of attributes are equal, element by element.</summary>
    public static bool Same(object a, object b) => (a, b) switch
    {
        (ImmutableArray<long> x, ImmutableArray<long> y) => x.AsSpan().SequenceEqual(y.AsSpan()),
        (Tensor x, Tensor y) => x.Type == y.Type && x.Bytes.SequenceEqual(y.Bytes),
        _ => a.Equals(b),
    };
}
