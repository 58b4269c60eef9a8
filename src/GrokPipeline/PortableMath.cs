namespace GrokPipeline;

/// <summary>
/// Logarithm, exponential, sine and cosine in double precision from additions, multiplications and divisions alone, so that they give
/// the same bits on every machine (<see cref="Math"/> asks the platform's C library, whose last bit differs between systems).
/// Errors stay below 2 units in the last place on the stated ranges.
/// </summary>
public static class PortableMath
{
    // ln 2 in two parts: the first has 32 trailing zero bits, so that k·Ln2High is exact for |k| < 2^20.
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;

    /// <summary>Natural logarithm of a positive, normal number; −∞ for 0, NaN below.</summary>
    public static double Log(double x)
    {
        if (!(x > 0)) { return x == 0 ? double.NegativeInfinity : double.NaN; }
        if (double.IsPositiveInfinity(x)) { return x; }
        if (x < 2.2250738585072014e-308) { return Log(x * 18014398509481984.0) - (54 * Ln2High) - (54 * Ln2Low); }
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        if (mantissa > 1.4142135623730951)
        {
            mantissa *= 0.5;
            exponent++;
        }
        // log m = 2·atanh(s), s = (m − 1)/(m + 1), |s| < 0.1716: the odd power series to s^21 is below half a unit.
        var f = mantissa - 1.0;
        var s = f / (2.0 + f);
        var z = s * s;
        var series = 0.0;
        for (var k = 21; k >= 3; k -= 2) { series = (series * z) + (1.0 / k); }
        var tail = 2.0 * s * z * series;
        return (exponent * Ln2High) + ((exponent * Ln2Low) + tail + (2.0 * s));
    }

    /// <summary>eˣ; 0 below −745, +∞ above 709.78.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x)) { return x; }
        if (x > 709.782712893384) { return double.PositiveInfinity; }
        if (x < -745.2) { return 0.0; }
        var k = Math.Floor((x * 1.4426950408889634) + 0.5);
        var r = x - (k * Ln2High) - (k * Ln2Low);
        var sum = 0.0;                                        // Taylor to r^14, |r| ≤ 0.347: remainder below 1e-19
        for (var i = 14; i >= 1; i--) { sum = (sum + 1.0) * (r / i); }
        var power = (int)k;
        var half = power / 2;
        return (1.0 + sum) * PowerOfTwo(half) * PowerOfTwo(power - half);
    }

    /// <summary>cos(2π·t): the cosine of an angle in turns; |t| below 2⁵⁰.</summary>
    public static double CosTurns(double turns) =>
        SinTurns(0.25 - Math.Abs(turns - Math.Floor(turns + 0.5)));      // both differences are exact wherever the cosine is small

    /// <summary>sin(2π·t): the sine of an angle in turns; |t| below 2⁵⁰.</summary>
    public static double SinTurns(double turns)
    {
        var t = turns - Math.Floor(turns + 0.5);              // [−1/2, 1/2)
        if (t > 0.25) { t = 0.5 - t; }
        else if (t < -0.25) { t = -0.5 - t; }
        var x = t * 6.283185307179586;                        // [−π/2, π/2]
        var z = x * x;
        var sum = 0.0;                                        // Taylor to x^27
        for (var k = 26; k >= 2; k -= 2) { sum = (1.0 + sum) * (-z / (k * (k + 1))); }
        return x * (1.0 + sum);
    }

    private static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);
}
