using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>The larger of two numbers, <c>y = max(a, b)</c>; NaN wins (ONNX <c>Max</c>, opset 13, of two inputs).</summary>
public readonly struct Max : IElementwise2<Max>
{
    /// <inheritdoc/>
    public static string OpType => "Max";

    /// <inheritdoc/>
    public static T Invoke<T>(T x, T y)
        where T : IFloatingPointIeee754<T> => T.Max(x, y);

    /// <inheritdoc/>
    public static (Value A, Value B) Shares(Value a, Value b, Value output, Value cotangent)
    {
        var first = a.Greater(b);                                // the one that was taken gets everything
        return (first.Where(cotangent, 0), first.Where(0, cotangent));
    }
}

/// <summary>The function on values.</summary>
public static class MaxExtensions
{
    extension(Value x)
    {
        /// <summary>The elementwise maximum; shapes broadcast. Where both are equal, the gradient flows to <paramref name="other"/>.</summary>
        public Value Max(Value other) => Value.Of(new Elementwise2<Max>(), x, other);
    }
}
