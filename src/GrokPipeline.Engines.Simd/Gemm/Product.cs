using System.Runtime.CompilerServices;

namespace GrokPipeline.Engines.Simd.Gemm;

/// <summary>
/// The blocks of a matrix product C = A·B on one thread. k is cut into blocks of <see cref="DepthBlock"/>; each element of C is the sum,
/// in order, of one chain of fused multiply-adds per block. Callers may cut rows and columns as they like: the bits stay the same.
/// </summary>
internal sealed unsafe class Product
{
    /// <summary>Length of a block of k: 256 rows of a panel of B are 32 KiB.</summary>
    public const int DepthBlock = 256;

    /// <summary>Rows of A that stay in the second-level cache while panels of B pass.</summary>
    public const int RowBlock = 96;

    private readonly TileCode[,] _direct = new TileCode[TileCompiler.PanelRows + 1, 3];
    private readonly TileCode[,] _turned = new TileCode[TileCompiler.PanelRows + 1, 3];

    private Product()
    {
        for (var rows = 1; rows <= TileCompiler.Rows; rows++)
        {
            for (var units = 1; units <= TileCompiler.Units; units++)
            {
                _direct[rows, units] = TileCompiler.Of(rows, units, turned: false);
                _turned[rows, units] = TileCompiler.Of(rows, units, turned: true);
            }
        }
    }

    /// <summary>The one instance; its tiles are compiled on first use.</summary>
    public static Product Shared { get; } = new();

    /// <summary>Floats of B packed in panels of 32 columns.</summary>
    public static int PackedColumns(int depth, int columns) => depth * Panels(columns) * TileCompiler.PanelColumns;

    /// <summary>How many panels of 32 columns.</summary>
    public static int Panels(int columns) => (columns + TileCompiler.PanelColumns - 1) / TileCompiler.PanelColumns;

    /// <summary>Some rows of C from rows of A whose elements along k are dense, and one panel of packed B.</summary>
    /// <param name="a">The first row.</param>
    /// <param name="strideA">Elements between rows of A.</param>
    /// <param name="panel">[depth][32].</param>
    /// <param name="c">Where the first row's first column goes.</param>
    /// <param name="strideC">Elements between rows of C.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">1 to 32.</param>
    /// <param name="depth">Length of k.</param>
    /// <param name="accumulate">Add to C instead of storing.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Direct(float* a, nint strideA, float* panel, float* c, nint strideC, int rows, int columns, int depth, bool accumulate)
    {
        var step = TileCompiler.Rows;
        for (var row = 0; row < rows; row += step)
        {
            var count = Math.Min(step, rows - row);
            Tile(_direct, count, a + (row * strideA), strideA, panel, c + (row * strideC), strideC, depth, columns, accumulate);
        }
    }

    /// <summary>As <see cref="Direct"/>, from A packed in panels of 8 rows, each [depth][8].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Packed(float* a, float* panel, float* c, nint strideC, int rows, int columns, int depth, bool accumulate)
    {
        var step = TileCompiler.Rows;
        for (var row = 0; row < rows; row += step)
        {
            var from = a + ((nint)(row / TileCompiler.PanelRows) * TileCompiler.PanelRows * depth) + (row % TileCompiler.PanelRows);
            Tile(
                _turned, Math.Min(step, rows - row), from, TileCompiler.PanelRows, panel, c + (row * strideC), strideC, depth, columns,
                accumulate);
        }
    }

    /// <summary>As <see cref="Direct"/>, from A whose rows are side by side: <paramref name="strideA"/> is between its columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Turned(float* a, nint strideA, float* panel, float* c, nint strideC, int rows, int columns, int depth, bool accumulate)
    {
        var step = TileCompiler.Rows;
        for (var row = 0; row < rows; row += step)
        {
            Tile(_turned, Math.Min(step, rows - row), a + row, strideA, panel, c + (row * strideC), strideC, depth, columns, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(
        TileCode[,] tiles, int rows, float* a, nint strideA, float* panel, float* c, nint strideC, int depth, int columns, bool accumulate)
    {
        if (columns > 16 && TileCompiler.Units == 2)
        {
            tiles[rows, 2](a, strideA * sizeof(float), panel, c, strideC * sizeof(float), depth, columns, accumulate);
            return;
        }
        tiles[rows, 1](a, strideA * sizeof(float), panel, c, strideC * sizeof(float), depth, Math.Min(columns, 16), accumulate);
        if (columns > 16)
        {
            tiles[rows, 1](a, strideA * sizeof(float), panel + 16, c + 16, strideC * sizeof(float), depth, columns - 16, accumulate);
        }
    }
}
