using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary><c>y = a &gt; b</c>; false where one is NaN (ONNX <c>Greater</c>, opset 13).</summary>
public readonly struct Greater : IComparison<Greater>
{
    /// <inheritdoc/>
    public static string OpType => "Greater";

    /// <inheritdoc/>
    public static bool TakesIntegers => false;

    /// <inheritdoc/>
    public static bool Invoke<T>(T x, T y)
        where T : INumber<T> => x > y;
}

/// <summary>The comparison of values.</summary>
public static class GreaterExtensions
{
    extension(Value x)
    {
        /// <summary>Where <paramref name="other"/> is smaller; shapes broadcast.</summary>
        public Value Greater(Value other) => Value.Of(new Compare<Greater>(), x, other);
    }
}
