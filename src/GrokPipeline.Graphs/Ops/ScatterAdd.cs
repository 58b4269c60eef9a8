using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Ops;

/// <summary>
/// Adds rows at indices (ONNX <c>ScatterND</c> with reduction <c>add</c>, opset 16): data [V, ..], Int64 indices [S.., 1], updates [S.., ..].
/// An index that occurs twice is added to twice, in row-major order of the indices. Indices are in [0, V); another one is an error
/// when the graph runs.
/// </summary>
public sealed record ScatterAdd : Op
{
    /// <inheritdoc/>
    public override string OpType => "ScatterND";

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> Attributes => [OpAttribute.Of("reduction", "add")];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 3);
        var data = OpInputs.Float(OpType, inputs, 0);
        var indices = OpInputs.Of(OpType, inputs, 1, ElementType.Int64);
        var updates = OpInputs.Float(OpType, inputs, 2);
        var fits = data.Shape.Rank > 0 && indices.Shape.Rank > 0 && indices.Shape[-1] == 1
            && updates.Shape == TensorShape.Create([.. indices.Shape.Without(-1).Extents, .. data.Shape.Without(0).Extents]);
        return fits ? data : throw new GrokException(
            $"ScatterND cannot add {updates} to {data} at {indices}.",
            "Give indices [S.., 1] and updates of the indices' shape S followed by the data's extents after the first.");
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent)
    {
        var indices = output.Inputs[1];
        return [cotangent, null, cotangent.Gather(indices.Reshape(indices.Shape.Without(-1)))];
    }

    /// <inheritdoc/>
    public override void Evaluate<T>(Buffers<T> buffers)
    {
        var indices = buffers.Integers(1);
        var updates = buffers.Input(2);
        var y = buffers.Output;
        buffers.Input(0).CopyTo(y);
        var rows = buffers.Shape(0)[0];
        var width = y.Length / rows;
        for (var i = 0; i < indices.Length; i++)
        {
            var row = y.Slice(OpInputs.Index(OpType, indices[i], rows) * width, width);
            for (var j = 0; j < width; j++) { row[j] += updates[(i * width) + j]; }
        }
    }
}

/// <summary>Adding to rows of values.</summary>
public static class ScatterAddExtensions
{
    extension(Value data)
    {
        /// <summary>The data with <paramref name="updates"/> [S.., ..] added at Int64 <paramref name="indices"/> of shape S.</summary>
        public Value ScatterAdd(Value indices, Value updates) =>
            Value.Of(new ScatterAdd(), data, indices.Reshape([.. indices.Shape.Extents, 1]), updates);
    }
}
