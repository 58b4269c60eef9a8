using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Ops;

/// <summary>Broadcasts to a shape (ONNX <c>Expand</c>, opset 13). Any element type.</summary>
/// <param name="Shape">The new shape; the input's must broadcast to exactly this.</param>
public sealed record Expand(TensorShape Shape) : Movement
{
    /// <inheritdoc/>
    public override string OpType => "Expand";

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> ConstantInputs => [OpAttribute.Of("shape", Shape)];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 1);
        var type = inputs[0];
        return TensorShape.Broadcast(type.Shape, Shape) == Shape ? new(type.Element, Shape) : throw new GrokException(
            $"Expand cannot stretch {type} to {Shape}.", "Only extents of 1 stretch.");
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent) => [cotangent.SumTo(output.Inputs[0].Shape)];

    /// <inheritdoc/>
    protected override void Move<T, TElement>(Buffers<T> buffers)
    {
        var x = buffers.Elements<TElement>(0);
        var y = buffers.OutputElements<TElement>();
        var walk = new IndexWalk(Shape, Strides.Broadcast(buffers.Shape(0), Shape));
        for (var i = 0; i < y.Length; i++, walk.Next()) { y[i] = x[walk.OffsetA]; }
    }
}

/// <summary>Broadcasting values.</summary>
public static class Expanding
{
    extension(Value x)
    {
        /// <summary>The value stretched to a shape; itself when it has that shape.</summary>
        public Value Expand(TensorShape shape) => x.Shape == shape ? x : Value.Of(new Expand(shape), x);
    }
}
