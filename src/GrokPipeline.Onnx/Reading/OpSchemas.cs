using System.Collections.Frozen;
using static GrokPipeline.Onnx.Proto.AttributeProto.Types;

namespace GrokPipeline.Onnx.Reading;

/// <summary>What ONNX's specification says of an operator's node (opset 17 to 21).</summary>
/// <param name="FewestInputs">The fewest inputs.</param>
/// <param name="MostInputs">The most inputs.</param>
/// <param name="Attributes">Attributes by name with their types.</param>
/// <param name="Required">An attribute without a default; null when there is none.</param>
internal sealed record OpSchema(
    int FewestInputs, int MostInputs, FrozenDictionary<string, AttributeType> Attributes, string? Required = null);

/// <summary>
/// The operators that our files may hold, transcribed from ONNX's operator specification and not from our own records, so that the
/// checker can disagree with the writer.
/// </summary>
internal static class OpSchemas
{
    private const int Any = int.MaxValue;

    public static FrozenDictionary<string, OpSchema> All { get; } = new Dictionary<string, OpSchema>(StringComparer.Ordinal)
    {
        ["Abs"] = Of(1, 1),
        ["Add"] = Of(2, 2),
        ["ArgMax"] = Of(
            1, 1, null, ("axis", AttributeType.Int), ("keepdims", AttributeType.Int), ("select_last_index", AttributeType.Int)),
        ["Cast"] = Of(1, 1, "to", ("to", AttributeType.Int), ("saturate", AttributeType.Int)),
        ["Concat"] = Of(1, Any, "axis", ("axis", AttributeType.Int)),
        ["Constant"] = Of(0, 0, "value", ("value", AttributeType.Tensor)),
        ["ConstantOfShape"] = Of(1, 1, null, ("value", AttributeType.Tensor)),
        ["Div"] = Of(2, 2),
        ["Equal"] = Of(2, 2),
        ["Erf"] = Of(1, 1),
        ["Exp"] = Of(1, 1),
        ["Expand"] = Of(2, 2),
        ["Gather"] = Of(2, 2, null, ("axis", AttributeType.Int)),
        ["Greater"] = Of(2, 2),
        ["Identity"] = Of(1, 1),
        ["LayerNormalization"] = Of(
            2, 3, null, ("axis", AttributeType.Int), ("epsilon", AttributeType.Float), ("stash_type", AttributeType.Int)),
        ["Less"] = Of(2, 2),
        ["Log"] = Of(1, 1),
        ["LogSoftmax"] = Of(1, 1, null, ("axis", AttributeType.Int)),
        ["MatMul"] = Of(2, 2),
        ["Max"] = Of(1, Any),
        ["Min"] = Of(1, Any),
        ["Mul"] = Of(2, 2),
        ["Neg"] = Of(1, 1),
        ["OneHot"] = Of(3, 3, null, ("axis", AttributeType.Int)),
        ["Reciprocal"] = Of(1, 1),
        ["ReduceSum"] = Of(1, 2, null, ("keepdims", AttributeType.Int), ("noop_with_empty_axes", AttributeType.Int)),
        ["Relu"] = Of(1, 1),
        ["Reshape"] = Of(2, 2, null, ("allowzero", AttributeType.Int)),
        ["ScatterND"] = Of(3, 3, null, ("reduction", AttributeType.String)),
        ["Shape"] = Of(1, 1, null, ("start", AttributeType.Int), ("end", AttributeType.Int)),
        ["Sigmoid"] = Of(1, 1),
        ["Sign"] = Of(1, 1),
        ["Slice"] = Of(3, 5),
        ["Softmax"] = Of(1, 1, null, ("axis", AttributeType.Int)),
        ["Sqrt"] = Of(1, 1),
        ["Sub"] = Of(2, 2),
        ["Tanh"] = Of(1, 1),
        ["Transpose"] = Of(1, 1, null, ("perm", AttributeType.Ints)),
        ["Where"] = Of(3, 3),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static OpSchema Of(int fewest, int most, string? required = null, params (string Name, AttributeType Type)[] attributes) =>
        new(fewest, most, attributes.ToFrozenDictionary(a => a.Name, a => a.Type, StringComparer.Ordinal), required);
}
