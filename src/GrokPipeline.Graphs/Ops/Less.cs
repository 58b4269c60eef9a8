using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary><c>y = a &lt; b</c>; false where one is NaN (ONNX <c>Less</c>, opset 13).</summary>
public readonly struct Less : IComparison<Less>
{
    /// <inheritdoc/>
    public static string OpType => "Less";

    /// <inheritdoc/>
    public static bool TakesIntegers => false;

    /// <inheritdoc/>
    public static bool Invoke<T>(T x, T y)
        where T : INumber<T> => x < y;
}

/// <summary>The comparison of values.</summary>
public static class LessExtensions
{
    extension(Value x)
    {
        /// <summary>Where <paramref name="other"/> is larger; shapes broadcast.</summary>
        public Value Less(Value other) => Value.Of(new Compare<Less>(), x, other);
    }
}
