using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>Reciprocal, <c>y = 1/x</c> (ONNX <c>Reciprocal</c>, opset 13).</summary>
public readonly struct Reciprocal : IElementwise<Reciprocal>
{
    /// <inheritdoc/>
    public static string OpType => "Reciprocal";

    /// <inheritdoc/>
    public static T Invoke<T>(T x)
        where T : IFloatingPointIeee754<T> => T.One / x;

    /// <inheritdoc/>
    public static Value? Derivative(Value x, Value y) => -(y * y);
}

/// <summary>The function on values.</summary>
public static class ReciprocalExtensions
{
    extension(Value x)
    {
        /// <summary>Elementwise reciprocal.</summary>
        public Value Reciprocal() => Value.Of(new Elementwise<Reciprocal>(), x);
    }
}
