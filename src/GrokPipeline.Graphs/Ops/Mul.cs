namespace GrokPipeline.Graphs.Ops;

/// <summary>Product, <c>y = a·b</c> (ONNX <c>Mul</c>, opset 14).</summary>
public readonly struct Mul : IElementwise2<Mul>
{
    /// <inheritdoc/>
    public static string OpType => "Mul";

    /// <inheritdoc/>
    public static T Invoke<T>(T x, T y)
        where T : System.Numerics.IFloatingPointIeee754<T> => x * y;

    /// <inheritdoc/>
    public static (Value A, Value B) Shares(Value a, Value b, Value output, Value cotangent) => (cotangent * b, cotangent * a);
}
