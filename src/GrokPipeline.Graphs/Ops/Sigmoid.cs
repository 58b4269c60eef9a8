using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>Logistic function, <c>y = 1/(1 + e⁻ˣ)</c> (ONNX <c>Sigmoid</c>, opset 13).</summary>
public readonly struct Sigmoid : IElementwise<Sigmoid>
{
    /// <inheritdoc/>
    public static string OpType => "Sigmoid";

    /// <inheritdoc/>
    public static T Invoke<T>(T x)
        where T : IFloatingPointIeee754<T> => Stable(x);

    /// <inheritdoc/>
    public static Value? Derivative(Value x, Value y) => y * (1 - y);

    // The exponential of a negative number cannot overflow.
    private static T Stable<T>(T x)
        where T : IFloatingPointIeee754<T>
    {
        var small = T.Exp(-T.Abs(x));
        return (x < T.Zero ? small : T.One) / (T.One + small);
    }
}

/// <summary>The function on values.</summary>
public static class SigmoidExtensions
{
    extension(Value x)
    {
        /// <summary>Elementwise logistic function.</summary>
        public Value Sigmoid() => Value.Of(new Elementwise<Sigmoid>(), x);
    }
}
