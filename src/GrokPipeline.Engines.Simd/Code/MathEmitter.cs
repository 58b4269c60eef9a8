using System.Reflection.Emit;

namespace GrokPipeline.Engines.Simd.Code;

/// <summary>
/// Exponential, logarithm, hyperbolic tangent and error function from additions, multiplications, divisions and fused multiply-adds in
/// float32: the same bits on every machine, where the platform's own functions differ. The tests state the largest errors.
/// </summary>
internal static class MathEmitter
{
    // ln 2 in two parts; the first has 9 significant bits, so that its product with an exponent is exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440054690583e-4f;

    // Added to a number below 2^22, it leaves the nearest integer in the low bits of the sum.
    private const float Rounder = 12582912f;

    /// <summary>eˣ: e^r·2ⁿ with |r| ≤ ln 2 / 2; Taylor to r⁷ leaves 6e-9.</summary>
    public static LocalBuilder Exp(VectorEmitter e, LocalBuilder x)
    {
        var clamped = e.Larger(e.Constant(-104f), e.Smaller(e.Constant(89f), x));              // NaN passes
        var shifted = e.Fma(clamped, e.Constant(1.44269504f), e.Constant(Rounder));
        var n = e.Call("Subtract", shifted, e.Constant(Rounder));
        var r = e.Fma(n, e.Constant(-Ln2High), clamped);
        r = e.Fma(n, e.Constant(-Ln2Low), r);
        var p = e.Polynomial(r, 1f / 5040, 1f / 720, 1f / 120, 1f / 24, 1f / 6, 0.5f, 1f, 1f);
        if (e.Scale is { } scale)
        {
            e.IL.Emit(OpCodes.Ldloc, p);
            e.IL.Emit(OpCodes.Ldloc, n);
            e.IL.Emit(OpCodes.Call, scale);
            e.Operations += 2;                                                                 // those of the products that it stands for
            return e.Keep();
        }
        // 2ⁿ in two factors, the first product exact: n reaches from −150 (a subnormal result) to 128 (infinity). The low bits of
        // `shifted` hold n.
        var bits = e.ShiftLeftAndAdd(shifted, 10, 0);                                          // n in the upper 22 bits
        var half = e.ShiftRightAndAdd(bits, 11, 0);                                            // n / 2, rounded down
        var other = e.IntegerSubtract(e.ShiftRightAndAdd(bits, 10, 0), half);
        const int One = 127 << 23;
        var scaled = e.Call("Multiply", p, e.ShiftLeftAndAdd(half, 23, One));
        return e.Call("Multiply", scaled, e.ShiftLeftAndAdd(other, 23, One));
    }

    /// <summary>ln x: x = m·2ᵏ with m in [√½, √2), ln m = 2·atanh((m − 1)/(m + 1)); the odd series to s¹¹.</summary>
    public static LocalBuilder Log(VectorEmitter e, LocalBuilder x)
    {
        var tiny = e.Call("LessThan", x, e.Constant(1.17549435e-38f));
        var normal = e.Select(tiny, e.Call("Multiply", x, e.Constant(8388608f)), x);
        // Subtracting the bits of √½ carries the exponent so that the mantissa starts there.
        const int RootHalf = 0x3F3504F3;
        var exponent = e.ShiftRightAndAdd(e.ShiftRightAndAdd(normal, 0, -RootHalf), 23, 0);
        var m = e.IntegerSubtract(normal, e.ShiftLeftAndAdd(exponent, 23, 0));
        var k = e.Call("Subtract", e.IntegerToFloat(exponent), e.Select(tiny, e.Constant(23f), e.Constant(0f)));
        var f = e.Call("Subtract", m, e.Constant(1f));
        var s = e.Call("Divide", f, e.Call("Add", f, e.Constant(2f)));
        var z = e.Call("Multiply", s, s);
        var series = e.Polynomial(z, 2f / 11, 2f / 9, 2f / 7, 2f / 5, 2f / 3);
        var tail = e.Fma(k, e.Constant(Ln2Low), e.Call("Multiply", e.Call("Multiply", s, z), series));
        var result = e.Fma(k, e.Constant(Ln2High), e.Call("Add", tail, e.Call("Add", s, s)));
        var infinity = e.Constant(float.PositiveInfinity);
        result = e.Select(e.Call("Equals", x, infinity), infinity, result);
        result = e.Select(e.Call("Equals", x, e.Constant(0f)), e.Constant(float.NegativeInfinity), result);
        return e.Select(e.Call("GreaterThanOrEqual", x, e.Constant(0f)), result, e.Constant(float.NaN));
    }

    /// <summary>tanh x: a continued fraction (Padé 7/6) below 0.625, else 1 − 2/(e²ˣ + 1) with x's sign.</summary>
    public static LocalBuilder Tanh(VectorEmitter e, LocalBuilder x)
    {
        var z = e.Call("Multiply", x, x);
        var numerator = e.Polynomial(z, 1f, 378f, 17325f, 135135f);
        var denominator = e.Polynomial(z, 28f, 3150f, 62370f, 135135f);
        var small = e.Call("Multiply", x, e.Call("Divide", numerator, denominator));
        var size = e.Call("Abs", x);
        var power = Exp(e, e.Call("Add", size, size));
        var one = e.Constant(1f);
        var large = e.Call("Subtract", one, e.Call("Divide", e.Constant(2f), e.Call("Add", power, one)));
        return e.Select(e.Call("LessThan", size, e.Constant(0.625f)), small, WithSign(e, large, x));
    }

    /// <summary>1/(1 + e⁻ˣ).</summary>
    public static LocalBuilder Sigmoid(VectorEmitter e, LocalBuilder x)
    {
        var one = e.Constant(1f);
        return e.Call("Divide", one, e.Call("Add", one, Exp(e, e.Call("Negate", x))));
    }

    /// <summary>
    /// erf x: the Taylor series to x²¹ below 1; else 1 − e^(−x²)·q(2/(2 + |x|)), q of degree 7 fitted to e^(x²)·erfc(x) on [1, 4] at
    /// Chebyshev points (largest error of the fit 3e-12).
    /// </summary>
    public static LocalBuilder Erf(VectorEmitter e, LocalBuilder x)
    {
        var z = e.Call("Multiply", x, x);
        var series = e.Polynomial(
            z, 1.4807192815879218e-8f, -1.6365844691234924e-7f, 1.6462114365889246e-6f, -1.492565035840625e-5f, 1.2055332981789664e-4f,
            -8.548327023450852e-4f, 5.223977625442188e-3f, -2.6866170645131252e-2f, 1.1283791670955126e-1f, -3.7612638903183754e-1f,
            1.1283791670955126f);
        var small = e.Call("Multiply", x, series);
        var size = e.Call("Abs", x);
        var four = e.Constant(4f);
        var bounded = e.Select(e.Call("GreaterThan", size, four), four, size);
        var t = e.Call("Divide", e.Constant(2f), e.Call("Add", bounded, e.Constant(2f)));
        var q = e.Polynomial(
            t, 0.12085243355557924f, -0.4765252758442257f, 0.5712651781091043f, -0.11020829603835945f, 0.35103032419229874f,
            0.25875136607869337f, 0.2850616201665029f, -0.0001642363906577121f);
        var one = e.Constant(1f);
        var tail = e.Call("Multiply", Exp(e, e.Call("Negate", e.Call("Multiply", bounded, bounded))), q);
        var large = WithSign(e, e.Call("Subtract", one, tail), x);
        var result = e.Select(e.Call("LessThan", size, one), small, large);
        return e.Select(e.Call("Equals", x, x), result, x);                                    // NaN stays NaN
    }

    /// <summary>−1, 0 or 1; NaN stays NaN.</summary>
    public static LocalBuilder Sign(VectorEmitter e, LocalBuilder x)
    {
        var zero = e.Constant(0f);
        var isNumber = e.Call("BitwiseOr", e.Call("LessThan", x, zero), e.Call("GreaterThan", x, zero));
        return e.Select(isNumber, WithSign(e, e.Constant(1f), x), e.Call("Add", x, zero));
    }

    // The size of a (not negative) with the sign of b.
    private static LocalBuilder WithSign(VectorEmitter e, LocalBuilder a, LocalBuilder b) =>
        e.Call("BitwiseOr", a, e.Call("BitwiseAnd", b, e.Bits(int.MinValue)));
}
