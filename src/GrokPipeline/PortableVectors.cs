using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GrokPipeline;

/// <summary>Functions of <see cref="PortableMath"/> for vectors: the same bits at any vector width.</summary>
public static class PortableVectors
{
    /// <summary>
    /// eˣ of eight numbers that are not above 0, to below 1e-15 of itself; below −700 it is 0, which against a largest term of e⁰ it is. NaN
    /// gives 0 too.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Exp(Vector512<double> x)
    {
        var inRange = Vector512.GreaterThan(x, Vector512.Create(-700.0));
        x = Vector512.ConditionalSelect(inRange, x, Vector512<double>.Zero);
        var k = Vector512.Floor((x * 1.4426950408889634) + Vector512.Create(0.5));
        var r = Vector512.FusedMultiplyAdd(k, Vector512.Create(-6.93147180369123816490e-01), x);
        r = Vector512.FusedMultiplyAdd(k, Vector512.Create(-1.90821492927058770002e-10), r);
        var series = Vector512.Create(1.0 / 479_001_600);      // 1/12!: with |r| ≤ ln 2 / 2 the first term left out is below 2e-16
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(1.0 / 39_916_800));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(1.0 / 3_628_800));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(1.0 / 362_880));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(1.0 / 40_320));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(1.0 / 5_040));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(1.0 / 720));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(1.0 / 120));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(1.0 / 24));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(1.0 / 6));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512.Create(0.5));
        series = Vector512.FusedMultiplyAdd(series, r, Vector512<double>.One);
        series = Vector512.FusedMultiplyAdd(series, r, Vector512<double>.One);
        var power = Vector512.ShiftLeft(Vector512.ConvertToInt64(k) + Vector512.Create(1023L), 52).AsDouble();
        return Vector512.ConditionalSelect(inRange, series * power, Vector512<double>.Zero);
    }
}
