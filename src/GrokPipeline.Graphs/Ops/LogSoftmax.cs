using System.Collections.Immutable;

namespace GrokPipeline.Graphs.Ops;

/// <summary>
/// Logarithms of probabilities along the last axis, <c>yᵢ = xᵢ − ln Σⱼ exp xⱼ</c> (ONNX <c>LogSoftmax</c>, opset 13). The row's maximum is
/// subtracted first, so that nothing overflows.
/// </summary>
public sealed record LogSoftmax : Op
{
    /// <inheritdoc/>
    public override string OpType => "LogSoftmax";

    /// <inheritdoc/>
    public override ImmutableArray<OpAttribute> Attributes => [OpAttribute.Of("axis", -1L)];

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        OpInputs.Expect(OpType, inputs, 1);
        return inputs[0].Element == ElementType.Float64 && inputs[0].Shape.Rank > 0 ? inputs[0] : OpInputs.Rows(OpType, inputs, 0);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Value?> Vjp(Value output, Value cotangent) =>
        [cotangent - (output.Exp() * cotangent.Sum([-1], keep: true))];                  // dX = dY − softmax X · Σ dY

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
            foreach (var number in x) { sum += T.Exp(number - largest); }
            var log = T.Log(sum);
            for (var i = 0; i < width; i++) { y[i] = x[i] - largest - log; }
        }
    }
}

/// <summary>Logarithms of probabilities from values.</summary>
public static class LogSoftmaxExtensions
{
    extension(Value x)
    {
        /// <summary>Logarithms of probabilities along the last axis.</summary>
        public Value LogSoftmax() => Value.Of(new LogSoftmax(), x);
    }
}
