using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>Absolute value, <c>y = |x|</c>; the slope at 0 is taken as 0 (ONNX <c>Abs</c>, opset 13).</summary>
public readonly struct Abs : IElementwise<Abs>
{
    /// <inheritdoc/>
    public static string OpType => "Abs";

    /// <inheritdoc/>
    public static T Invoke<T>(T x)
        where T : IFloatingPointIeee754<T> => T.Abs(x);

    /// <inheritdoc/>
    public static Value? Derivative(Value x, Value y) => x.Sign();
}

/// <summary>The function on values.</summary>
public static class AbsExtensions
{
    extension(Value x)
    {
        /// <summary>Elementwise absolute value.</summary>
        public Value Abs() => Value.Of(new Elementwise<Abs>(), x);
    }
}
