namespace GrokPipeline.Graphs.Ops;

/// <summary>Quotient, <c>y = a / b</c> (ONNX <c>Div</c>, opset 14).</summary>
public readonly struct Div : IElementwise2<Div>
{
    /// <inheritdoc/>
    public static string OpType => "Div";

    /// <inheritdoc/>
    public static T Invoke<T>(T x, T y)
        where T : System.Numerics.IFloatingPointIeee754<T> => x / y;

    /// <inheritdoc/>
    public static (Value A, Value B) Shares(Value a, Value b, Value output, Value cotangent) => (cotangent / b, -(cotangent * output) / b);
}
