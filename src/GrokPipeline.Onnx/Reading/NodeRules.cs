using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Onnx.Proto;

namespace GrokPipeline.Onnx.Reading;

/// <summary>Small rules about single nodes.</summary>
internal static class NodeRules
{
    /// <summary>Our writer calls the node of a value that nobody named <c>MatMul_3</c>; others do likewise.</summary>
    public static bool IsNamed(NodeProto node)
    {
        var prefix = $"{node.OpType}_";
        return node.Name == node.Output[0] || !node.Name.StartsWith(prefix, StringComparison.Ordinal)
            || !int.TryParse(node.Name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }

    /// <summary>Whatever a node says must be in the operator that was made from it, or be ONNX's default.</summary>
    public static void RefuseWhatIsIgnored(Op op, Dictionary<string, object> attributes, ImmutableArray<object?> constants, string place)
    {
        foreach (var (name, content) in attributes)
        {
            var known = op.Attributes.Any(attribute => attribute.Name == name && attribute.Content.GetType() == content.GetType());
            if (!known && (name, content) is not (("allowzero", 0L) or ("saturate", 1L)))
            {
                throw ModelFile.Broken($"{op.OpType} has the attribute '{name}', which is not read.", place);
            }
        }
        var room = op.ConstantInputs.Length + (op is Slice ? 1 : 0);          // a slice's steps are checked and then left out
        if (constants.Length > room) { throw ModelFile.Broken($"{op.OpType} has {constants.Length - room} inputs too many.", place); }
    }

    /// <summary>A list of integers as such, another tensor as it is.</summary>
    public static object ListOr(Tensor content) =>
        content.Type.Element == ElementType.Int64 && content.Shape.Rank == 1 && content.Shape.Count <= OnnxReader.MaximumRank
            ? content.AsSpan<long>().ToArray().ToImmutableArray()
            : content;
}
