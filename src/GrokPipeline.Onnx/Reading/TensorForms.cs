using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using GrokPipeline.Onnx.Proto;

namespace GrokPipeline.Onnx.Reading;

/// <summary>Tensors and attributes of a file as ours. Sizes are checked against the bytes that are there before anything is
/// allocated.</summary>
internal static class TensorForms
{
    /// <summary>A constant input: a list of at most 64 integers as such, anything else as a tensor.</summary>
    public static object Constant(TensorProto proto, string place)
    {
        if (proto.DataType != (int)ElementType.Int64 || proto.Dims.Count != 1) { return Tensor(proto, place); }
        var bytes = Content(proto, place);
        if (bytes.Length > OnnxReader.MaximumRank * sizeof(long))
        {
            throw ModelFile.Broken($"'{proto.Name}' lists more than {OnnxReader.MaximumRank} integers.", place);
        }
        return MemoryMarshal.Cast<byte, long>(bytes).ToArray().ToImmutableArray();
    }

    /// <summary>A tensor; it has at least one element.</summary>
    public static Tensor Tensor(TensorProto proto, string place)
    {
        var type = new TensorType(Element(proto, place), Shape(proto, place));
        var bytes = Content(proto, place);
        if (type.Element == ElementType.Bool && bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
        {
            throw ModelFile.Broken($"'{proto.Name}' has truth values other than 0 and 1.", place);
        }
        var tensor = new Tensor(type);
        bytes.CopyTo(tensor.Bytes);
        return tensor;
    }

    /// <summary>An attribute's content as <see cref="OpAttribute"/> has it.</summary>
    public static object Attribute(AttributeProto attribute, string place)
    {
        switch (attribute.Type)
        {
            case AttributeProto.Types.AttributeType.Int:
                return attribute.I;
            case AttributeProto.Types.AttributeType.Float:
                return attribute.F;
            case AttributeProto.Types.AttributeType.String:
                return attribute.S.ToStringUtf8();
            case AttributeProto.Types.AttributeType.Ints when attribute.Ints.Count <= OnnxReader.MaximumRank:
                return attribute.Ints.ToImmutableArray();
            case AttributeProto.Types.AttributeType.Tensor when attribute.T is not null:
                return Tensor(attribute.T, place);
            default:
                throw ModelFile.Broken($"The attribute '{attribute.Name}' of type {attribute.Type} is none that our operators have.",
                    place);
        }
    }

    public static ElementType Element(TensorProto proto, string place) => SignatureForms.Element(proto.DataType)
        ?? throw ModelFile.Broken($"'{proto.Name}' is of {SignatureForms.ElementName(proto.DataType)}, which is not read.", place);

    private static TensorShape Shape(TensorProto proto, string place) => proto.Dims.All(extent => extent is > 0 and <= int.MaxValue)
        ? [.. proto.Dims.Select(extent => (int)extent)]
        : throw ModelFile.Broken($"'{proto.Name}' has no elements, or an extent beyond 32 bits.", place);

    // The elements as little-endian bytes: from raw_data, or from the list of the element type.
    private static ReadOnlySpan<byte> Content(TensorProto proto, string place)
    {
        var element = Element(proto, place);
        if (proto.Dims.Count > OnnxReader.MaximumRank) { throw ModelFile.Broken($"'{proto.Name}' has {proto.Dims.Count} axes.", place); }
        var size = (UInt128)element.SizeInBytes();
        foreach (var extent in proto.Dims)
        {
            if (extent < 0) { throw ModelFile.Broken($"'{proto.Name}' has a negative extent.", place); }
            size = size * (UInt128)extent > ulong.MaxValue ? ulong.MaxValue : size * (UInt128)extent;
        }
        var lists = proto.FloatData.Count + proto.Int32Data.Count + proto.Int64Data.Count + proto.DoubleData.Count;
        if (proto.HasRawData && lists > 0) { throw ModelFile.Broken($"'{proto.Name}' has its data twice.", place); }
        var bytes = proto.HasRawData ? proto.RawData.Span : Listed(proto, element, lists);
        return size == (UInt128)bytes.Length ? bytes : throw ModelFile.Broken(
            $"'{proto.Name}' has {bytes.Length} bytes of data; [{string.Join(", ", proto.Dims)}] of {element} asks for {size}.", place);
    }

    private static ReadOnlySpan<byte> Listed(TensorProto proto, ElementType element, int count)
    {
        var bytes = new byte[(long)count * element.SizeInBytes()];
        switch (element)
        {
            case ElementType.Float32 when proto.FloatData.Count == count:
                for (var i = 0; i < count; i++) { BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * 4), proto.FloatData[i]); }
                return bytes;
            case ElementType.Int64 when proto.Int64Data.Count == count:
                for (var i = 0; i < count; i++) { BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * 8), proto.Int64Data[i]); }
                return bytes;
            case ElementType.Float64 when proto.DoubleData.Count == count:
                for (var i = 0; i < count; i++) { BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * 8), proto.DoubleData[i]); }
                return bytes;
            case ElementType.Bool when proto.Int32Data.Count == count:
                for (var i = 0; i < count; i++) { bytes[i] = (byte)(proto.Int32Data[i] is 0 or 1 ? proto.Int32Data[i] : 255); }
                return bytes;
            default:
                return [];
        }
    }
}
