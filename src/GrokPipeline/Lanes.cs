using System.Runtime.Intrinsics;

namespace GrokPipeline;

/// <summary>
/// Sums in one fixed order. Element i is added to lane i mod 16, then the lanes meet in a fixed tree: the same bytes at any vector
/// width. 16 lanes are one 512-bit register, two of 256 bits or four of 128.
/// </summary>
public static class Lanes
{
    /// <summary>How many lanes there are.</summary>
    public const int Count = 16;

    /// <summary><c>Σ xᵢ</c>; 0 for nothing.</summary>
    public static float Sum(ReadOnlySpan<float> values)
    {
        var lanes = Vector512<float>.Zero;
        for (; values.Length >= Count; values = values[Count..]) { lanes += Vector512.Create(values); }
        return Fold(lanes + Tail(values));
    }

    /// <summary><c>Σ xᵢ²</c>; 0 for nothing.</summary>
    public static float SumOfSquares(ReadOnlySpan<float> values)
    {
        var lanes = Vector512<float>.Zero;
        for (; values.Length >= Count; values = values[Count..])
        {
            var v = Vector512.Create(values);
            lanes += v * v;                                   // two roundings: never a fused multiply-add by accident
        }
        var tail = Tail(values);
        return Fold(lanes + (tail * tail));
    }

    /// <summary>The 16 lanes added in a fixed tree of pairs at distance 8, 4, 2, 1.</summary>
    public static float Fold(Vector512<float> lanes)
    {
        var eight = lanes.GetLower() + lanes.GetUpper();
        var four = eight.GetLower() + eight.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    private static Vector512<float> Tail(ReadOnlySpan<float> rest)
    {
        Span<float> padded = stackalloc float[Count];
        padded.Clear();
        rest.CopyTo(padded);
        return Vector512.Create<float>(padded);
    }
}
