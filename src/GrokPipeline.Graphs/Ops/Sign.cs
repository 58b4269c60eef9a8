using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>Sign, −1, 0 or 1; NaN stays NaN (ONNX <c>Sign</c>, opset 13).</summary>
public readonly struct Sign : IElementwise<Sign>
{
    /// <inheritdoc/>
    public static string OpType => "Sign";

    /// <inheritdoc/>
    public static T Invoke<T>(T x)
        where T : IFloatingPointIeee754<T> => x > T.Zero ? T.One : x < T.Zero ? -T.One : x;

    /// <inheritdoc/>
    public static Value? Derivative(Value x, Value y) => null;
}

/// <summary>The function on values.</summary>
public static class SignExtensions
{
    extension(Value x)
    {
        /// <summary>Elementwise sign.</summary>
        public Value Sign() => Value.Of(new Elementwise<Sign>(), x);
    }
}
