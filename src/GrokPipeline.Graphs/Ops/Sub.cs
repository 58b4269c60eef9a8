namespace GrokPipeline.Graphs.Ops;

/// <summary>Difference, <c>y = a − b</c> (ONNX <c>Sub</c>, opset 14).</summary>
public readonly struct Sub : IElementwise2<Sub>
{
    /// <inheritdoc/>
    public static string OpType => "Sub";

    /// <inheritdoc/>
    public static T Invoke<T>(T x, T y)
        where T : System.Numerics.IFloatingPointIeee754<T> => x - y;

    /// <inheritdoc/>
    public static (Value A, Value B) Shares(Value a, Value b, Value output, Value cotangent) => (cotangent, -cotangent);
}
