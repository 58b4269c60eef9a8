using System.Globalization;
using GrokPipeline.Onnx.Proto;

namespace GrokPipeline.Onnx.Writing;

/// <summary>An extent of an exported graph: a number, or a multiple of the batch size.</summary>
/// <param name="Number">The number, or how many times the batch size.</param>
/// <param name="OfBatch">True for a multiple of the batch size.</param>
internal readonly record struct Extent(int Number, bool OfBatch)
{
    /// <summary>The symbolic axis's name in files.</summary>
    public const string BatchName = "batch";

    /// <summary><c>4</c>, <c>batch</c> or <c>batch*4</c>.</summary>
    public override string ToString() => (OfBatch, Number) switch
    {
        (false, _) => Number.ToString(CultureInfo.InvariantCulture),
        (true, 1) => BatchName,
        _ => $"{BatchName}*{Number.ToString(CultureInfo.InvariantCulture)}",
    };

    /// <summary>As a dimension of a file.</summary>
    public TensorShapeProto.Types.Dimension ToDimension() => OfBatch ? new() { DimParam = ToString() } : new() { DimValue = Number };
}
