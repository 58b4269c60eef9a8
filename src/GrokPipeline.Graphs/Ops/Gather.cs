using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Ops;

/// <summary>
/// Rows by their index (ONNX <c>Gather</c> along axis 0, opset 13): data [V, ..] of any element type and Int64 indices of shape S give
/// [S.., ..]. Indices are in [0, V); another one is an error when the graph runs.
/// </summary>
public sealed record Gather : Movement
{
    /// <inheritdoc/>
    public override string OpType => "Gather";

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> Attributes => [OpAttribute.Of("axis", 0L)];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 2);
        var indices = OpInputs.Of(OpType, inputs, 1, ElementType.Int64);
        return inputs[0].Shape.Rank > 0 ? new(inputs[0].Element, [.. indices.Shape.Extents, .. inputs[0].Shape.Without(0).Extents])
            : throw new GrokException("Gather from a scalar has no rows to choose from.", "Give data with at least one axis.");
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent)
    {
        var (data, indices) = (output.Inputs[0], output.Inputs[1]);
        return [Value.Of(new Fill(0, data.Type)).ScatterAdd(indices, cotangent), null];
    }

    /// <inheritdoc/>
    protected override void Move<T, TElement>(Buffers<T> buffers)
    {
        var data = buffers.Elements<TElement>(0);
        var indices = buffers.Integers(1);
        var y = buffers.OutputElements<TElement>();
        var rows = buffers.Shape(0)[0];
        var width = data.Length / rows;
        for (var i = 0; i < indices.Length; i++)
        {
            data.Slice(OpInputs.Index(OpType, indices[i], rows) * width, width).CopyTo(y[(i * width)..]);
        }
    }
}

/// <summary>Rows of values.</summary>
public static class GatherExtensions
{
    extension(Value data)
    {
        /// <summary>The rows at Int64 <paramref name="indices"/> of shape S, as [S.., ..].</summary>
        public Value Gather(Value indices) => Value.Of(new Gather(), data, indices);
    }
}
