using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>Natural logarithm, <c>y = ln x</c>; −∞ at 0, NaN below (ONNX <c>Log</c>, opset 13).</summary>
public readonly struct Log : IElementwise<Log>
{
    /// <inheritdoc/>
    public static string OpType => "Log";

    /// <inheritdoc/>
    public static T Invoke<T>(T x)
        where T : IFloatingPointIeee754<T> => T.Log(x);

    /// <inheritdoc/>
    public static Value? Derivative(Value x, Value y) => x.Reciprocal();
}

/// <summary>The function on values.</summary>
public static class LogExtensions
{
    extension(Value x)
    {
        /// <summary>Elementwise natural logarithm.</summary>
        public Value Log() => Value.Of(new Elementwise<Log>(), x);
    }
}
