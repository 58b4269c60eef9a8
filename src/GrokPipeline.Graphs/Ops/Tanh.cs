using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>Hyperbolic tangent, <c>y = tanh x</c> (ONNX <c>Tanh</c>, opset 13).</summary>
public readonly struct Tanh : IElementwise<Tanh>
{
    /// <inheritdoc/>
    public static string OpType => "Tanh";

    /// <inheritdoc/>
    public static T Invoke<T>(T x)
        where T : IFloatingPointIeee754<T> => T.Tanh(x);

    /// <inheritdoc/>
    public static Value? Derivative(Value x, Value y) => 1 - (y * y);
}

/// <summary>The function on values.</summary>
public static class TanhExtensions
{
    extension(Value x)
    {
        /// <summary>Elementwise hyperbolic tangent.</summary>
        public Value Tanh() => Value.Of(new Elementwise<Tanh>(), x);
    }
}
