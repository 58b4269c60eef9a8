using System.Collections.Immutable;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Graphs.Passes;

/// <summary>Computes now, in float32 and by the reference's meaning, what depends on constants alone.</summary>
public static class ConstantFolding
{
    /// <summary>Elements of the largest tensor that is looked at or made; larger ones would only make the graph larger.</summary>
    public const int LargestCount = 1 << 14;

    /// <summary>The graph with constants in the place of what is known.</summary>
    public static Graph Apply(Graph graph) => Rewriting.Apply(graph, Fold);

    private static Value Fold(Value value, ImmutableArray<Value> inputs)
    {
        var folds = inputs.Length > 0 && value.Shape.Count <= LargestCount
            && inputs.All(input => input.Op is Constant or Ops.Fill && input.Shape.Count <= LargestCount);
        if (!folds) { return Rewriting.OnInputs(value, inputs); }
        Tensor content;
        try
        {
            var known = inputs.Select(input => Arrays.Evaluate(input.Op!, input.Type, [])).ToArray();
            content = Arrays.Evaluate(value.Op!, value.Type, known);
        }
        catch (GrokException)
        {
            return Rewriting.OnInputs(value, inputs);         // an index out of range is an error of the run, not of the pass
        }
        var constant = Value.Of(Smallest(content));
        return value.Name is null ? constant : constant.Named(value.Name);
    }

    // One number everywhere is a fill.
    private static Op Smallest(Tensor content)
    {
        var size = content.Type.Element.SizeInBytes();
        for (var i = size; i < content.Bytes.Length; i++)
        {
            if (content.Bytes[i] != content.Bytes[i - size]) { return new Constant(content); }
        }
        double? number = content.Type.Element switch
        {
            ElementType.Float32 => content.AsSpan<float>()[0],
            ElementType.Bool => content.AsSpan<bool>()[0] ? 1 : 0,
            // A double holds integers up to 2^53 only.
            _ => Math.Abs(content.AsSpan<long>()[0]) < 1L << 53 ? content.AsSpan<long>()[0] : null,
        };
        return number is { } same ? new Fill(same, content.Type) : new Constant(content);
    }
}
