using System.Collections.Immutable;

namespace GrokPipeline.Onnx;

/// <summary>An input, output or named intermediate of a file: what it is called and what fits there.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Element">What one element is; null when it is none of ours (float16, text, …) or no tensor.</param>
/// <param name="ElementName">The element type as people know it: <c>Float32</c>, <c>Float16</c>, <c>no tensor</c>.</param>
/// <param name="Extents">The axes; null when the file does not say even how many.</param>
public sealed record OnnxPort(string Name, ElementType? Element, string ElementName, ImmutableArray<OnnxExtent>? Extents)
{
    /// <summary>True when a tensor of this type may be given here; open and symbolic axes take any extent.</summary>
    public bool Accepts(TensorType type)
    {
        if (type.Element != Element) { return false; }
        if (Extents is not { } extents) { return true; }
        if (extents.Length != type.Shape.Rank) { return false; }
        for (var axis = 0; axis < extents.Length; axis++)
        {
            if (extents[axis].Number is { } number && number != type.Shape[axis]) { return false; }
        }
        return true;
    }

    /// <summary><c>tokens: Int64[batch, 4]</c>.</summary>
    public override string ToString() => $"{Name}: {ElementName}{(Extents is { } extents ? $"[{string.Join(", ", extents)}]" : "[…]")}";
}

/// <summary>One axis of a port.</summary>
/// <param name="Number">The extent; null when it is symbolic or open.</param>
/// <param name="Symbol">The symbolic axis's name, such as <c>batch</c>; null when the extent is a number or open.</param>
public readonly record struct OnnxExtent(long? Number, string? Symbol)
{
    /// <summary><c>4</c>, <c>batch</c> or <c>?</c>.</summary>
    public override string ToString() => Number?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Symbol ?? "?";
}

/// <summary>What a file takes and gives, without its computation. Any ONNX file has one, also those of others.</summary>
/// <param name="Inputs">What must be given; initializers are not among them.</param>
/// <param name="Outputs">What is computed.</param>
/// <param name="Intermediates">Values in between that somebody named and whose types the file states;
/// <see cref="OnnxEdit.WithOutputs"/> makes outputs of them. A node called <c>MatMul_3</c> was named by nobody.</param>
/// <param name="Metadata">Producer, text and properties.</param>
/// <param name="Opset">Version of ONNX's default operator set; 0 when the file imports none.</param>
/// <param name="IrVersion">Version of the file format.</param>
public sealed record OnnxSignature(
    ImmutableArray<OnnxPort> Inputs,
    ImmutableArray<OnnxPort> Outputs,
    ImmutableArray<OnnxPort> Intermediates,
    OnnxMetadata Metadata,
    int Opset,
    int IrVersion)
{
    /// <summary>The input with a name, or null.</summary>
    public OnnxPort? Input(string name) => Inputs.FirstOrDefault(port => port.Name == name);

    /// <summary>The output with a name, or null.</summary>
    public OnnxPort? Output(string name) => Outputs.FirstOrDefault(port => port.Name == name);
}
