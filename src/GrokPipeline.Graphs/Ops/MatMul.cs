using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Ops;

/// <summary>
/// Matrix product <c>Y = A·B</c> of the last two axes (ONNX <c>MatMul</c>, opset 13). A is [.., m, k], B is [.., k, n]; both have at least
/// two axes, and those before the last two broadcast.
/// </summary>
public sealed record MatMul : Op
{
    /// <inheritdoc/>
    public override string OpType => "MatMul";

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 2);
        var a = OpInputs.Float(OpType, inputs, 0);
        var b = OpInputs.Float(OpType, inputs, 1);
        if (a.Shape.Rank < 2 || b.Shape.Rank < 2)
        {
            throw new GrokException($"MatMul needs two axes or more; A is {a}, B is {b}.", "Reshape a vector to one row or one column.");
        }
        if (a.Shape[-1] != b.Shape[-2])
        {
            throw new GrokException(
                $"MatMul needs the last axis of A {a.Shape} to equal the last but one of B {b.Shape}.",
                $"Transpose one side, or make the inner extent {a.Shape[-1]} on both.");
        }
        return new(a.Element, [.. TensorShape.Broadcast(Leading(a.Shape), Leading(b.Shape)).Extents, a.Shape[-2], b.Shape[-1]]);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent)
    {
        var (a, b) = (output.Inputs[0], output.Inputs[1]);
        var shareA = cotangent.MatMul(b.Transpose()).SumTo(a.Shape);                             // dA = dY·Bᵀ
        if (a.Shape.Rank > 2 && b.Shape.Rank == 2)
        {
            // A layer's weight: all rows are one long matrix, so that no product per leading index is made only to be summed.
            var rows = a.Shape.Count / a.Shape[-1];
            return [shareA, a.Reshape([rows, a.Shape[-1]]).Transpose().MatMul(cotangent.Reshape([rows, b.Shape[-1]]))];
        }
        return [shareA, a.Transpose().MatMul(cotangent).SumTo(b.Shape)];                         // dB = Aᵀ·dY
    }

    /// <inheritdoc/>
    public override void Evaluate<T>(Buffers<T> buffers)
    {
        var a = buffers.Input(0);
        var b = buffers.Input(1);
        var y = buffers.Output;
        var (shapeA, shapeB, shape) = (buffers.Shape(0), buffers.Shape(1), buffers.OutputType.Shape);
        var (m, k, n) = (shapeA[-2], shapeA[-1], shapeB[-1]);
        var leading = Leading(shape);
        var walk = new IndexWalk(leading, Strides.Broadcast(Leading(shapeA), leading), Strides.Broadcast(Leading(shapeB), leading));
        y.Clear();
        for (var batch = 0; batch < leading.Count; batch++, walk.Next())
        {
            for (var row = 0; row < m; row++)
            {
                var to = y.Slice(((batch * m) + row) * n, n);
                for (var inner = 0; inner < k; inner++)                                          // each sum runs over k upwards
                {
                    var factor = a[(((walk.OffsetA * m) + row) * k) + inner];
                    var from = b.Slice(((walk.OffsetB * k) + inner) * n, n);
                    for (var column = 0; column < n; column++) { to[column] += factor * from[column]; }
                }
            }
        }
    }

    private static TensorShape Leading(TensorShape shape) => TensorShape.Create(shape.Extents.AsSpan()[..^2]);
}

/// <summary>Matrix products of values.</summary>
public static class MatMulExtensions
{
    extension(Value x)
    {
        /// <summary>The matrix product over the last two axes; leading axes broadcast.</summary>
        public Value MatMul(Value other) => Value.Of(new MatMul(), x, other);
    }
}
