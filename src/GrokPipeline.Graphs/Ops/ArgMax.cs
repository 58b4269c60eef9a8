using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Ops;

/// <summary>
/// Where the largest number of the last axis stands (ONNX <c>ArgMax</c>, opset 13): Float32 [S.., n] gives Int64 [S.., 1]; the first of
/// equal ones wins. What a NaN gives is not promised.
/// </summary>
/// <remarks>The axis stays with extent 1: without it ONNX Runtime gives another shape where S has no elements.</remarks>
public sealed record ArgMax : Op
{
    /// <inheritdoc/>
    public override string OpType => "ArgMax";

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> Attributes =>
        [OpAttribute.Of("axis", -1L), OpAttribute.Of("keepdims", 1L), OpAttribute.Of("select_last_index", 0L)];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 1);
        return TensorType.Int64(OpInputs.Rows(OpType, inputs, 0).Shape.With(-1, 1));
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent) => [null];

    /// <inheritdoc/>
    public override void Evaluate<T>(Buffers<T> buffers)
    {
        var x = buffers.Input(0);
        var y = buffers.OutputIntegers;
        var width = buffers.Shape(0)[-1];
        for (var row = 0; row < y.Length; row++)
        {
            var largest = row * width;
            for (var i = largest + 1; i < (row + 1) * width; i++)
            {
                if (x[i] > x[largest]) { largest = i; }
            }
            y[row] = largest - (row * width);
        }
    }
}

/// <summary>Places of largest numbers.</summary>
public static class ArgMaxExtensions
{
    extension(Value x)
    {
        /// <summary>Where the largest number of each row (the last axis) stands, [S..]; of equal ones the first.</summary>
        public Value ArgMax() => Value.Of(new ArgMax(), x).Reshape(x.Shape.Without(-1));
    }
}
