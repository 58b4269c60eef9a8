using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GrokPipeline.Engines.Simd.Gemm;

/// <summary>Copies parts of matrices into the order in which tiles read them. Strides are in elements.</summary>
internal static unsafe class Packing
{
    /// <summary>
    /// One panel of B: [depth][32], columns past <paramref name="columns"/> as zeros. Either stride may be the dense one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Columns(float* b, nint rowStride, nint columnStride, int depth, int columns, float* to)
    {
        const int Width = TileCompiler.PanelColumns;
        if (columnStride == 1 && columns == Width)
        {
            for (var k = 0; k < depth; k++, b += rowStride, to += Width)
            {
                Vector512.Load(b).Store(to);
                Vector512.Load(b + 16).Store(to + 16);
            }
            return;
        }
        if (columnStride != 1 && rowStride == 1)
        {
            Transposed(b, columnStride, depth, columns, to);
            return;
        }
        for (var k = 0; k < depth; k++, b += rowStride, to += Width)
        {
            for (var j = 0; j < columns; j++) { to[j] = b[j * columnStride]; }
            for (var j = columns; j < Width; j++) { to[j] = 0; }
        }
    }

    /// <summary>
    /// Panels of 8 rows of A, one after the other, each [depth][8]; rows past the last as zeros. Two steps of k at a time where rows are
    /// side by side in memory: they fill a cache line of the panel.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(float* a, nint rowStride, nint columnStride, int rows, int depth, float* to)
    {
        const int Height = TileCompiler.PanelRows;
        var whole = rowStride == 1 ? rows / Height * Height : 0;
        var pairs = depth & ~1;
        for (var k = 0; k < pairs && whole > 0; k += 2)
        {
            var even = a + (k * columnStride);
            var odd = even + columnStride;
            for (var row = 0; row < whole; row += Height)
            {
                Vector512.Create(Vector256.Load(even + row), Vector256.Load(odd + row)).Store(to + ((nint)row * depth) + (k * Height));
            }
        }
        for (var row = 0; row < rows; row += Height)
        {
            var panel = to + ((nint)row * depth);
            for (var k = row < whole ? pairs : 0; k < depth; k++)
            {
                for (var i = 0; i < Height; i++)
                {
                    panel[(k * Height) + i] = row + i < rows ? a[((row + i) * rowStride) + (k * columnStride)] : 0;
                }
            }
        }
    }

    // Each column of B is dense: 4 x 4 blocks are turned in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transposed(float* b, nint columnStride, int depth, int columns, float* to)
    {
        const int Width = TileCompiler.PanelColumns;
        for (var j = 0; j < Width; j += 4)
        {
            var from = b + (j * columnStride);
            var k = 0;
            if (j + 4 <= columns)
            {
                for (; k + 4 <= depth; k += 4)
                {
                    Turn(from + k, columnStride, to + (k * Width) + j, Width);
                }
            }
            for (; k < depth; k++)
            {
                for (var i = 0; i < 4; i++) { to[(k * Width) + j + i] = j + i < columns ? from[(i * columnStride) + k] : 0; }
            }
        }
    }

    /// <summary>A 4 x 4 block turned over its diagonal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn(float* from, nint fromStride, float* to, nint toStride)
    {
        var (a, b) = (Vector128.Load(from), Vector128.Load(from + fromStride));
        var (c, d) = (Vector128.Load(from + (2 * fromStride)), Vector128.Load(from + (3 * fromStride)));
        var ac = Vector256.Create(a, c);
        var bd = Vector256.Create(b, d);
        var evens = Vector256.Shuffle(ac, Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7));          // a0 c0 a1 c1 a2 c2 a3 c3
        var odds = Vector256.Shuffle(bd, Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7));
        var lower = Vector256.Create(evens.GetLower(), odds.GetLower());                      // a0 c0 a1 c1 b0 d0 b1 d1
        var upper = Vector256.Create(evens.GetUpper(), odds.GetUpper());
        lower = Vector256.Shuffle(lower, Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7));           // a0 b0 c0 d0 a1 b1 c1 d1
        upper = Vector256.Shuffle(upper, Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7));
        lower.GetLower().Store(to);
        lower.GetUpper().Store(to + toStride);
        upper.GetLower().Store(to + (2 * toStride));
        upper.GetUpper().Store(to + (3 * toStride));
    }
}
