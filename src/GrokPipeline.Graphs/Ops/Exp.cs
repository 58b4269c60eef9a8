using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>Exponential, <c>y = eˣ</c> (ONNX <c>Exp</c>, opset 13).</summary>
public readonly struct Exp : IElementwise<Exp>
{
    /// <inheritdoc/>
    public static string OpType => "Exp";

    /// <inheritdoc/>
    public static T Invoke<T>(T x)
        where T : IFloatingPointIeee754<T> => T.Exp(x);

    /// <inheritdoc/>
    public static Value? Derivative(Value x, Value y) => y;
}

/// <summary>The function on values.</summary>
public static class ExpExtensions
{
    extension(Value x)
    {
        /// <summary>Elementwise exponential.</summary>
        public Value Exp() => Value.Of(new Elementwise<Exp>(), x);
    }
}
