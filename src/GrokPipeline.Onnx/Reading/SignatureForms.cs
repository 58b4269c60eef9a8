using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Onnx.Proto;

namespace GrokPipeline.Onnx.Reading;

/// <summary>What a file says of its ports and of itself.</summary>
internal static class SignatureForms
{
    // TensorProto.DataType by number; ours are those of ElementType.
    private static readonly string[] ElementNames =
    [
        "no element type", "Float32", "UInt8", "Int8", "UInt16", "Int16", "Int32", "Int64", "String", "Bool", "Float16", "Float64",
        "UInt32", "UInt64", "Complex64", "Complex128", "BFloat16",
    ];

    public static OnnxSignature Of(ModelProto model)
    {
        var initialized = model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var unnamed = model.Graph.Node.Where(node => node.Output.Count > 0 && !NodeRules.IsNamed(node)).SelectMany(node => node.Output)
            .ToHashSet(StringComparer.Ordinal);
        return new(
            [.. model.Graph.Input.Where(input => !initialized.Contains(input.Name)).Select(Port)],
            [.. model.Graph.Output.Select(Port)],
            [.. model.Graph.ValueInfo.Where(info => !unnamed.Contains(info.Name)).Select(Port)],
            Metadata(model),
            Opset(model),
            (int)Math.Min(model.IrVersion, int.MaxValue));
    }

    public static OnnxPort Port(ValueInfoProto info)
    {
        var tensor = info.Type?.TensorType;
        if (tensor is null) { return new(info.Name, null, "no tensor", null); }
        ImmutableArray<OnnxExtent>? extents = tensor.Shape is null ? null : [.. tensor.Shape.Dim.Select(Extent)];
        return new(info.Name, Element(tensor.ElemType), ElementName(tensor.ElemType), extents);
    }

    public static ElementType? Element(int number) => Enum.IsDefined((ElementType)number) ? (ElementType)number : null;

    public static string ElementName(int number) => number >= 0 && number < ElementNames.Length
        ? ElementNames[number]
        : $"element type {number.ToString(CultureInfo.InvariantCulture)}";

    public static OnnxMetadata Metadata(ModelProto model)
    {
        var properties = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var property in model.MetadataProps)
        {
            if (!properties.TryAdd(property.Key, property.Value))
            {
                throw ModelFile.Broken($"The property '{property.Key}' is there twice.", "metadata_props");
            }
        }
        return new()
        {
            Producer = model.ProducerName,
            ProducerVersion = model.ProducerVersion,
            Doc = model.HasDocString ? model.DocString : null,
            Properties = properties.ToImmutable(),
        };
    }

    public static int Opset(ModelProto model)
    {
        var own = model.OpsetImport.Where(import => import.Domain is "" or "ai.onnx").ToArray();
        return own.Length switch
        {
            0 => 0,
            1 when own[0].Version is >= 0 and <= int.MaxValue => (int)own[0].Version,
            _ => throw ModelFile.Broken("The default operator set is imported twice, or its version is no version.", "opset_import"),
        };
    }

    private static OnnxExtent Extent(TensorShapeProto.Types.Dimension dimension) => dimension.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue => new(dimension.DimValue, null),
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam => new(null, dimension.DimParam),
        _ => default,
    };
}
