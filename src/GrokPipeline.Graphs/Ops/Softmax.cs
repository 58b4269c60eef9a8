using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Ops;

/// <summary>
/// Probabilities along the last axis, <c>yᵢ = exp xᵢ / Σⱼ exp xⱼ</c> (ONNX <c>Softmax</c>, opset 13). The row's maximum is subtracted
/// first, so that nothing overflows.
/// </summary>
public sealed record Softmax : Op
{
    /// <inheritdoc/>
    public override string OpType => "Softmax";

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> Attributes => [OpAttribute.Of("axis", -1L)];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 1);
        return OpInputs.Rows(OpType, inputs, 0);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent) =>
        [output * (cotangent - (output * cotangent).Sum([-1], keep: true))];             // dX = Y ∘ (dY − Σ Y∘dY)

    /// <inheritdoc/>
    public override void Evaluate<T>(Buffers<T> buffers)
    {
        var width = buffers.OutputType.Shape[-1];
        for (var start = 0; start < buffers.Output.Length; start += width)
        {
            var x = buffers.Input(0).Slice(start, width);
            var y = buffers.Output.Slice(start, width);
            var largest = x[0];
            foreach (var number in x) { largest = T.Max(largest, number); }
            var sum = T.Zero;
            for (var i = 0; i < width; i++)
            {
                y[i] = T.Exp(x[i] - largest);
                sum += y[i];
            }
            for (var i = 0; i < width; i++) { y[i] /= sum; }
        }
    }
}

/// <summary>Probabilities from values.</summary>
public static class SoftmaxExtensions
{
    extension(Value x)
    {
        /// <summary>Probabilities along the last axis.</summary>
        public Value Softmax() => Value.Of(new Softmax(), x);
    }
}
