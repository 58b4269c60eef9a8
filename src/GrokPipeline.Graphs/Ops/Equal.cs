using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary><c>y = (a = b)</c>, of floats or integers; false where one is NaN (ONNX <c>Equal</c>, opset 13).</summary>
public readonly struct Equal : IComparison<Equal>
{
    /// <inheritdoc/>
    public static string OpType => "Equal";

    /// <inheritdoc/>
    public static bool TakesIntegers => true;

    /// <inheritdoc/>
    public static bool Invoke<T>(T x, T y)
        where T : INumber<T> => x == y;
}

/// <summary>The comparison of values.</summary>
public static class EqualExtensions
{
    extension(Value x)
    {
        /// <summary>Where both are equal; shapes broadcast.</summary>
        public Value Equal(Value other) => Value.Of(new Compare<Equal>(), x, other);
    }
}
