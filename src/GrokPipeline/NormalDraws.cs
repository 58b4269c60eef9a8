using System.Runtime.Intrinsics;

namespace GrokPipeline;

/// <summary>
/// Eight standard normal draws at once: the operations of <see cref="RandomStream.NextNormal"/>, <see cref="Philox.Block"/> and
/// <see cref="PortableMath"/> in the same order, so that each has the same bits.
/// </summary>
internal static class NormalDraws
{
    /// <summary>Draws at once.</summary>
    internal const int Count = 8;

    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;

    /// <summary>The draws of eight blocks, one from each.</summary>
    /// <param name="key">The stream's key.</param>
    /// <param name="block">The first block.</param>
    internal static Vector512<double> Of(ulong key, ulong block)
    {
        var (first, second) = Words(key, block);
        var radius = Vector512.Sqrt(Vector512.Create(-2.0) * Log(Vector512<double>.One - Uniform(first)));
        return radius * CosTurns(Uniform(second));
    }

    private static (Vector512<ulong> First, Vector512<ulong> Second) Words(ulong key, ulong block)
    {
        unchecked
        {
            var (m0, m1) = (Vector512.Create(0xD2511F53UL), Vector512.Create(0xCD9E8D57UL));
            var low = Vector512.Create(0xFFFF_FFFFUL);
            var counter = Vector512.Create(block) + Vector512.Create(0UL, 1, 2, 3, 4, 5, 6, 7);
            var (k0, k1) = ((uint)key, (uint)(key >> 32));
            var (x0, x1, x2, x3) = (counter & low, counter >>> 32, Vector512<ulong>.Zero, Vector512<ulong>.Zero);
            for (var round = 0; round < 10; round++)
            {
                var (p0, p1) = (m0 * x0, m1 * x2);
                (x0, x1, x2, x3) = (
                    (p1 >>> 32) ^ x1 ^ Vector512.Create((ulong)k0), p1 & low, (p0 >>> 32) ^ x3 ^ Vector512.Create((ulong)k1), p0 & low);
                k0 += 0x9E3779B9;
                k1 += 0xBB67AE85;
            }
            return ((x1 << 32) | x0, (x3 << 32) | x2);
        }
    }

    private static Vector512<double> Uniform(Vector512<ulong> bits) =>
        Vector512.ConvertToDouble((bits >>> 11).AsInt64()) * Vector512.Create(1.0 / (1UL << 53));

    // Of numbers from 2⁻⁵³ to 1: none is 0, subnormal or not finite.
    private static Vector512<double> Log(Vector512<double> x)
    {
        var bits = x.AsInt64();
        var exponent = Vector512.ConvertToDouble((bits >> 52) - Vector512.Create(1023L));
        var mantissa = ((bits & Vector512.Create(0x000F_FFFF_FFFF_FFFF)) | Vector512.Create(0x3FF0_0000_0000_0000)).AsDouble();
        var large = Vector512.GreaterThan(mantissa, Vector512.Create(1.4142135623730951));
        mantissa = Vector512.ConditionalSelect(large, mantissa * 0.5, mantissa);
        exponent = Vector512.ConditionalSelect(large, exponent + Vector512<double>.One, exponent);
        var f = mantissa - Vector512<double>.One;
        var s = f / (Vector512.Create(2.0) + f);
        var z = s * s;
        var series = Vector512<double>.Zero;
        for (var k = 21; k >= 3; k -= 2) { series = (series * z) + Vector512.Create(1.0 / k); }
        var tail = Vector512.Create(2.0) * s * z * series;
        return (exponent * Ln2High) + ((exponent * Ln2Low) + tail + (Vector512.Create(2.0) * s));
    }

    private static Vector512<double> CosTurns(Vector512<double> turns) =>
        SinTurns(Vector512.Create(0.25) - Vector512.Abs(turns - Vector512.Floor(turns + Vector512.Create(0.5))));

    private static Vector512<double> SinTurns(Vector512<double> turns)
    {
        var (quarter, half) = (Vector512.Create(0.25), Vector512.Create(0.5));
        var whole = turns - Vector512.Floor(turns + half);
        var t = Vector512.ConditionalSelect(Vector512.GreaterThan(whole, quarter), half - whole, whole);
        t = Vector512.ConditionalSelect(Vector512.LessThan(whole, -quarter), -half - whole, t);
        var x = t * 6.283185307179586;
        var (z, sum) = (x * x, Vector512<double>.Zero);
        for (var k = 26; k >= 2; k -= 2) { sum = (Vector512<double>.One + sum) * (-z / Vector512.Create((double)(k * (k + 1)))); }
        return x * (Vector512<double>.One + sum);
    }
}
