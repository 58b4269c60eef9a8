using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>Square root, <c>y = √x</c>; NaN below 0 (ONNX <c>Sqrt</c>, opset 13).</summary>
public readonly struct Sqrt : IElementwise<Sqrt>
{
    /// <inheritdoc/>
    public static string OpType => "Sqrt";

    /// <inheritdoc/>
    public static T Invoke<T>(T x)
        where T : IFloatingPointIeee754<T> => T.Sqrt(x);

    /// <inheritdoc/>
    public static Value? Derivative(Value x, Value y) => 0.5 / y;
}

/// <summary>The function on values.</summary>
public static class SqrtExtensions
{
    extension(Value x)
    {
        /// <summary>Elementwise square root.</summary>
        public Value Sqrt() => Value.Of(new Elementwise<Sqrt>(), x);
    }
}
