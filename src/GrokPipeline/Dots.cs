using System.Runtime.Intrinsics;

namespace GrokPipeline;

/// <summary>
/// Inner loops of vectors in float64: eight lanes that meet in a fixed tree, multiplication and addition rounded one by one, so the bytes
/// depend on no vector width.
/// </summary>
public static class Dots
{
    private const int Lanes = 8;

    /// <summary><c>Σ aᵢ·bᵢ</c> of two vectors of the same length.</summary>
    public static double Of(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sums = Vector512<double>.Zero;
        for (; a.Length >= Lanes; a = a[Lanes..], b = b[Lanes..]) { sums += Vector512.Create(a) * Vector512.Create(b); }
        double rest = 0;
        for (var i = 0; i < a.Length; i++) { rest += a[i] * b[i]; }
        return Fold(sums) + rest;
    }

    /// <summary><c>Σ aᵢ·bᵢ</c> of two vectors in single precision, each product rounded in double.</summary>
    public static double Of(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sums = Vector512<double>.Zero;
        for (; a.Length >= Lanes; a = a[Lanes..], b = b[Lanes..]) { sums += Widened(a) * Widened(b); }
        double rest = 0;
        for (var i = 0; i < a.Length; i++) { rest += (double)a[i] * b[i]; }
        return Fold(sums) + rest;
    }

    /// <summary><c>to += factor · from</c>.</summary>
    public static void Add(Span<double> to, double factor, ReadOnlySpan<double> from)
    {
        var factors = Vector512.Create(factor);
        for (; from.Length >= Lanes; from = from[Lanes..], to = to[Lanes..])
        {
            (Vector512.Create<double>(to) + (factors * Vector512.Create(from))).CopyTo(to);
        }
        for (var i = 0; i < from.Length; i++) { to[i] += factor * from[i]; }
    }

    /// <summary><c>(a, b) ← (c·a − s·b, s·a + c·b)</c> for two vectors of the same length.</summary>
    public static void Rotate(Span<double> a, Span<double> b, double c, double s)
    {
        var (cosine, sine) = (Vector512.Create(c), Vector512.Create(s));
        for (; a.Length >= Lanes; a = a[Lanes..], b = b[Lanes..])
        {
            var (x, y) = (Vector512.Create<double>(a), Vector512.Create<double>(b));
            ((cosine * x) - (sine * y)).CopyTo(a);
            ((sine * x) + (cosine * y)).CopyTo(b);
        }
        for (var i = 0; i < a.Length; i++) { (a[i], b[i]) = ((c * a[i]) - (s * b[i]), (s * a[i]) + (c * b[i])); }
    }

    private static Vector512<double> Widened(ReadOnlySpan<float> values)
    {
        var (low, high) = Vector256.Widen(Vector256.Create(values));
        return Vector512.Create(low, high);
    }

    private static double Fold(Vector512<double> s) => ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}
