using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GrokPipeline.Engines.Simd.Code;

namespace GrokPipeline.Engines.Simd.Gemm;

/// <summary>
/// One or two columns of B behind the last whole group of 16, for which a tile would compute 16. Each is dense along k, and an element of C
/// is a dot product: step k of it goes to lane k mod 16, and the lanes meet in the order of <see cref="Lanes.Fold"/>.
/// </summary>
internal static unsafe class LoneColumns
{
    // A shorter dot product does not pay for its lanes' meeting.
    private const int LeastDepth = 64;

    /// <summary>How many such columns: 0, 1 or 2.</summary>
    public static int Of(int depth, int columns) => depth >= LeastDepth && columns % 16 is 1 or 2 ? columns % 16 : 0;

    /// <summary>Floats from one packed column to the next.</summary>
    public static int Stride(int depth) => (depth + 15) / 16 * 16;

    /// <summary>Copies a column; strides are in elements.</summary>
    public static void Pack(float* b, nint rowStride, int depth, float* to)
    {
        for (var k = 0; k < depth; k++) { to[k] = b[k * rowStride]; }
    }

    /// <summary>One column of C, four rows at a time.</summary>
    /// <param name="a">The first row of A, dense along k.</param>
    /// <param name="strideA">Elements between rows of A.</param>
    /// <param name="column">A packed column.</param>
    /// <param name="c">The first row's element.</param>
    /// <param name="strideC">Elements between rows of C.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="depth">Length of k.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* a, nint strideA, float* column, float* c, nint strideC, int rows, int depth)
    {
        var whole = depth & ~15;
        var left = LaneMemory.FirstLanes512(depth - whole);
        var row = 0;
        for (; row + 4 <= rows; row += 4)
        {
            var x = a + (row * strideA);
            var (s0, s1, s2, s3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
            for (var k = 0; k < whole; k += 16)
            {
                var b = Vector512.Load(column + k);
                s0 = Vector512.FusedMultiplyAdd(Vector512.Load(x + k), b, s0);
                s1 = Vector512.FusedMultiplyAdd(Vector512.Load(x + strideA + k), b, s1);
                s2 = Vector512.FusedMultiplyAdd(Vector512.Load(x + (2 * strideA) + k), b, s2);
                s3 = Vector512.FusedMultiplyAdd(Vector512.Load(x + (3 * strideA) + k), b, s3);
            }
            var to = c + (row * strideC);
            to[0] = LaneMemory.Sum512(Rest(x + whole, column + whole, s0, left, depth > whole));
            to[strideC] = LaneMemory.Sum512(Rest(x + strideA + whole, column + whole, s1, left, depth > whole));
            to[2 * strideC] = LaneMemory.Sum512(Rest(x + (2 * strideA) + whole, column + whole, s2, left, depth > whole));
            to[3 * strideC] = LaneMemory.Sum512(Rest(x + (3 * strideA) + whole, column + whole, s3, left, depth > whole));
        }
        for (; row < rows; row++)
        {
            var (x, sum) = ((nint)(a + (row * strideA)), Vector512<float>.Zero);
            for (var k = 0; k < whole; k += 16)
            {
                sum = Vector512.FusedMultiplyAdd(Vector512.Load((float*)x + k), Vector512.Load(column + k), sum);
            }
            c[row * strideC] = LaneMemory.Sum512(Rest((float*)x + whole, column + whole, sum, left, depth > whole));
        }
    }

    // What lies behind a row or a column may be anything.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Rest(float* x, float* b, Vector512<float> sum, Vector512<float> left, bool any)
    {
        if (!any) { return sum; }
        var y = Vector512.ConditionalSelect(left, Vector512.Load(x), default);
        var z = Vector512.ConditionalSelect(left, Vector512.Load(b), default);
        return Vector512.FusedMultiplyAdd(y, z, sum);
    }
}
