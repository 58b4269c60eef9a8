using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Ops;

/// <summary>The same elements in row-major order under another shape (ONNX <c>Reshape</c>, opset 14). Any element type.</summary>
/// <param name="Shape">The new shape; as many elements.</param>
public sealed record Reshape(TensorShape Shape) : Movement
{
    /// <inheritdoc/>
    public override string OpType => "Reshape";

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> ConstantInputs => [OpAttribute.Of("shape", Shape)];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 1);
        return inputs[0].Shape.Count == Shape.Count ? new(inputs[0].Element, Shape) : throw new GrokException(
            $"Reshape cannot make {Shape} from {inputs[0]}: {Shape.Count} elements against {inputs[0].Shape.Count}.",
            "Keep the number of elements.");
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent) => [cotangent.Reshape(output.Inputs[0].Shape)];

    /// <inheritdoc/>
    protected override void Move<T, TElement>(Buffers<T> buffers) =>
        buffers.Elements<TElement>(0).CopyTo(buffers.OutputElements<TElement>());
}

/// <summary>Reshaping values.</summary>
public static class Reshaping
{
    extension(Value x)
    {
        /// <summary>The same elements under another shape.</summary>
        public Value Reshape(TensorShape shape) => x.Shape == shape ? x : Value.Of(new Reshape(shape), x);
    }
}
