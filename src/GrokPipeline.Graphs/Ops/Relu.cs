using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>Rectifier, <c>y = max(x, 0)</c>; NaN stays NaN, the slope at 0 is taken as 0 (ONNX <c>Relu</c>, opset 14).</summary>
public readonly struct Relu : IElementwise<Relu>
{
    /// <inheritdoc/>
    public static string OpType => "Relu";

    /// <inheritdoc/>
    public static T Invoke<T>(T x)
        where T : IFloatingPointIeee754<T> => T.Max(x, T.Zero);

    /// <inheritdoc/>
    public static Value? Derivative(Value x, Value y) => x.Greater(0).Cast(ElementType.Float32);
}

/// <summary>The function on values.</summary>
public static class ReluExtensions
{
    extension(Value x)
    {
        /// <summary>Elementwise rectifier.</summary>
        public Value Relu() => Value.Of(new Elementwise<Relu>(), x);
    }
}
