namespace GrokPipeline.Graphs.Ops;

/// <summary>Sum, <c>y = a + b</c> (ONNX <c>Add</c>, opset 14).</summary>
public readonly struct Add : IElementwise2<Add>
{
    /// <inheritdoc/>
    public static string OpType => "Add";

    /// <inheritdoc/>
    public static T Invoke<T>(T x, T y)
        where T : System.Numerics.IFloatingPointIeee754<T> => x + y;

    /// <inheritdoc/>
    public static (Value A, Value B) Shares(Value a, Value b, Value output, Value cotangent) => (cotangent, cotangent);
}
