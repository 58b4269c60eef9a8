using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace GrokPipeline.Probes;

/// <summary>
/// Products of small dense matrices in float64, with eight results of eight lanes in registers. Every sum runs over its terms in their order,
/// multiplication and addition rounded one by one, so the bytes depend on no vector width.
/// </summary>
internal static class DenseProducts
{
    private const int Lanes = 8, Block = 8;

    /// <summary>A number of columns rounded up to whole vectors.</summary>
    public static int Padded(int columns) => (columns + Lanes - 1) / Lanes * Lanes;

    /// <summary><c>C = A·B</c>: A is [rows, inner] at least, B [inner, padded], C [rows, padded] at least.</summary>
    public static void Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> c, int rows, int inner, int padded)
    {
        Check(a.Length >= rows * inner && b.Length >= inner * padded && c.Length >= rows * padded);
        Products(a, inner, 1, b, c, (rows, inner, padded));
    }

    /// <summary><c>C = Aᵀ·B</c>: A is [rows, inner] at least, B [rows, padded] at least, C [inner, padded].</summary>
    public static void MultiplyTransposed(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> c, int rows, int inner, int padded)
    {
        Check(a.Length >= rows * inner && b.Length >= rows * padded && c.Length >= inner * padded);
        Products(a, 1, inner, b, c, (inner, rows, padded));
    }

    // Result i, column block v: Σ over k of a[i·rowStride + k·termStride] · b[k, v].
    private static void Products(
        ReadOnlySpan<double> a, int rowStride, int termStride, ReadOnlySpan<double> b, Span<double> c, (int Results, int Terms, int Padded) size)
    {
        ref var from = ref MemoryMarshal.GetReference(a);
        ref var factor = ref MemoryMarshal.GetReference(b);
        ref var to = ref MemoryMarshal.GetReference(c);
        for (var first = 0; first < size.Results; first += Block)
        {
            var count = Math.Min(Block, size.Results - first);
            for (var v = 0; v < size.Padded; v += Lanes)
            {
                if (count == Block)
                {
                    Tile(
                        ref Unsafe.Add(ref from, first * rowStride), rowStride, termStride,
                        ref Unsafe.Add(ref factor, v), ref Unsafe.Add(ref to, (first * size.Padded) + v), size);
                    continue;
                }
                for (var i = first; i < first + count; i++)
                {
                    var sum = Vector512<double>.Zero;
                    for (var k = 0; k < size.Terms; k++)
                    {
                        sum += Vector512.Create(a[(i * rowStride) + (k * termStride)]) * Vector512.LoadUnsafe(ref factor, (nuint)((k * size.Padded) + v));
                    }
                    sum.StoreUnsafe(ref to, (nuint)((i * size.Padded) + v));
                }
            }
        }
    }

    private static void Tile(
        ref double a, int rowStride, int termStride, ref double b, ref double c, (int Results, int Terms, int Padded) size)
    {
        Vector512<double> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        nint row = rowStride, at = 0, line = 0;
        for (var k = 0; k < size.Terms; k++, at += termStride, line += size.Padded)
        {
            var right = Vector512.LoadUnsafe(ref b, (nuint)line);
            s0 += Broadcast(ref a, at) * right;
            s1 += Broadcast(ref a, at + row) * right;
            s2 += Broadcast(ref a, at + (2 * row)) * right;
            s3 += Broadcast(ref a, at + (3 * row)) * right;
            s4 += Broadcast(ref a, at + (4 * row)) * right;
            s5 += Broadcast(ref a, at + (5 * row)) * right;
            s6 += Broadcast(ref a, at + (6 * row)) * right;
            s7 += Broadcast(ref a, at + (7 * row)) * right;
        }
        var stride = (nuint)size.Padded;
        s0.StoreUnsafe(ref c);
        s1.StoreUnsafe(ref c, stride);
        s2.StoreUnsafe(ref c, 2 * stride);
        s3.StoreUnsafe(ref c, 3 * stride);
        s4.StoreUnsafe(ref c, 4 * stride);
        s5.StoreUnsafe(ref c, 5 * stride);
        s6.StoreUnsafe(ref c, 6 * stride);
        s7.StoreUnsafe(ref c, 7 * stride);
    }

    private static Vector512<double> Broadcast(ref double a, nint at) =>
        Vector512.Create(Unsafe.Add(ref a, at));

    private static void Check(bool fits)
    {
        if (!fits) { throw new ArgumentException("A matrix is smaller than the product needs."); }
    }
}
