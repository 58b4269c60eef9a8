using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GrokPipeline.Evaluation.Scores;

/// <summary>
/// e^x of sixteen float32 numbers, from fused multiply-adds alone: the same bits at any vector width. The relative error is below 2e-7;
/// e⁰ is exactly 1.
/// </summary>
internal static class FloatExponential
{
    /// <summary>The least x: e^x is then 1.6e-38, just above what float32 holds with all its digits.</summary>
    public const float Least = -87;

    // Adding and taking away 1.5 · 2²³ rounds to a whole number, which then stands in the lowest bits.
    private const float Rounder = 12_582_912;

    /// <summary>e^x.</summary>
    /// <param name="x">From <see cref="Least"/> to 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x)
    {
        var shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(1.44269504f), Vector512.Create(Rounder));
        var k = shifted - Vector512.Create(Rounder);
        // ln 2 in two parts, the first of so few digits that its products with k are exact.
        var r = Vector512.FusedMultiplyAdd(k, Vector512.Create(-0.693359375f), x);
        r = Vector512.FusedMultiplyAdd(k, Vector512.Create(2.12194440e-4f), r);
        // The polynomial of degree 6 with 1 at 0 whose largest relative error over |r| ≤ ln 2 / 2 is least (Remez): 2.6e-9.
        var series = Vector512.Create(1.40612767e-3f);
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(8.37902073e-3f));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(4.16647765e-2f));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(1.66663653e-1f));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(5.00000043e-1f));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(1.00000005f));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512<float>.One);
        return (series.AsInt32() + Vector512.ShiftLeft(shifted.AsInt32(), 23)).AsSingle();      // times 2^k
    }
}
