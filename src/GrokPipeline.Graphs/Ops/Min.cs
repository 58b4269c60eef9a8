using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>The smaller of two numbers, <c>y = min(a, b)</c>; NaN wins (ONNX <c>Min</c>, opset 13, of two inputs).</summary>
public readonly struct Min : IElementwise2<Min>
{
    /// <inheritdoc/>
    public static string OpType => "Min";

    /// <inheritdoc/>
    public static T Invoke<T>(T x, T y)
        where T : IFloatingPointIeee754<T> => T.Min(x, y);

    /// <inheritdoc/>
    public static (Value A, Value B) Shares(Value a, Value b, Value output, Value cotangent)
    {
        var first = a.Less(b);                                // the one that was taken gets everything
        return (first.Where(cotangent, 0), first.Where(0, cotangent));
    }
}

/// <summary>The function on values.</summary>
public static class MinExtensions
{
    extension(Value x)
    {
        /// <summary>The elementwise minimum; shapes broadcast. Where both are equal, the gradient flows to <paramref name="other"/>.</summary>
        public Value Min(Value other) => Value.Of(new Elementwise2<Min>(), x, other);
    }
}
