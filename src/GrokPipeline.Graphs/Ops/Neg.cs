namespace GrokPipeline.Graphs.Ops;

/// <summary>Negation, <c>y = −x</c> (ONNX <c>Neg</c>, opset 13).</summary>
public readonly struct Neg : IElementwise<Neg>
{
    /// <inheritdoc/>
    public static string OpType => "Neg";

    /// <inheritdoc/>
    public static T Invoke<T>(T x)
        where T : System.Numerics.IFloatingPointIeee754<T> => -x;

    /// <inheritdoc/>
    public static Value? Derivative(Value x, Value y) => Value.Scalar(-1);
}
