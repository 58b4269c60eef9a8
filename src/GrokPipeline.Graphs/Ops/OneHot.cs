using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Ops;

/// <summary>
/// 1 at each index, 0 elsewhere, along a new last axis (ONNX <c>OneHot</c>, opset 11): Int64 of shape S, no scalar, gives Float32
/// [S.., Depth]. Indices are in [0, Depth); another one is an error in the reference, and what other engines make of it is not promised.
/// </summary>
/// <param name="Depth">Extent of the new axis.</param>
public sealed record OneHot(int Depth) : Op
{
    /// <inheritdoc/>
    public override string OpType => "OneHot";

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> Attributes => [OpAttribute.Of("axis", -1L)];

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> ConstantInputs =>
        [OpAttribute.Of("depth", Tensor.Scalar((long)Depth)), OpAttribute.Of("values", Tensor.Of<float>([2], [0, 1]))];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 1);
        if (inputs[0].Shape.Rank == 0)
        {
            throw new GrokException("OneHot of a scalar is not in ONNX.", "Reshape the index to [1] first.");
        }
        return TensorType.Float32([.. OpInputs.Of(OpType, inputs, 0, ElementType.Int64).Shape.Extents, Depth]);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent) => [null];

    /// <inheritdoc/>
    public override void Evaluate<T>(Buffers<T> buffers)
    {
        var indices = buffers.Integers(0);
        var y = buffers.Output;
        y.Clear();
        for (var i = 0; i < indices.Length; i++) { y[(i * Depth) + OpInputs.Index(OpType, indices[i], Depth)] = T.One; }
    }
}

/// <summary>One-hot rows of indices.</summary>
public static class OneHotExtensions
{
    extension(Value indices)
    {
        /// <summary>A row of <paramref name="depth"/> numbers for each index: 1 there, 0 elsewhere.</summary>
        public Value OneHot(int depth) => Value.Of(new OneHot(depth), indices);
    }
}
