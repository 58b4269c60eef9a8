using System.Runtime.CompilerServices;
using GrokPipeline.Engines.Simd.Gemm;

namespace GrokPipeline.Engines.Simd.Kernels;

/// <summary>A matrix in a slot; strides in elements.</summary>
internal sealed record Matrix(Slot Slot, int Offset, int Rows, int Columns, int RowStride, int ColumnStride)
{
    /// <summary>The first element.</summary>
    public unsafe float* Start => (float*)Slot.Address + Offset;

    /// <summary>Bytes of its elements; a row or column that is repeated counts once.</summary>
    public long Bytes => (RowStride == 0 ? 1L : Rows) * (ColumnStride == 0 ? 1 : Columns) * sizeof(float);

    /// <summary><c>N</c> when rows are dense, <c>T</c> when columns are.</summary>
    public char Order => ColumnStride == 1 ? 'N' : 'T';
}

/// <summary>What matrix products take, for cutting them into chunks.</summary>
internal static class ProductCost
{
    /// <summary>Nanoseconds: 50 multiply-adds each.</summary>
    public static double Of(int m, int n, int k) => (double)m * n * k / 50;
}

/// <summary>Packs B into panels of 32 columns, then what <see cref="LoneColumns"/> says, for all rows of A to share.</summary>
internal sealed unsafe class PackColumnsKernel : Kernel
{
    private readonly Matrix _b;
    private readonly Slot _packed;
    private readonly int _columns;
    private readonly int _panels;

    public PackColumnsKernel(Matrix b, Slot packed)
    {
        (_b, _packed, _columns) = (b, packed, b.Columns - LoneColumns.Of(b.Rows, b.Columns));
        _panels = Product.Panels(_columns);
        Chunks = ChunksFor(_panels, (double)b.Rows * b.Columns / 2);
    }

    /// <summary>Bytes of packed B.</summary>
    public static long Bytes(Matrix b)
    {
        var lone = LoneColumns.Of(b.Rows, b.Columns);
        return sizeof(float) * ((long)Product.PackedColumns(b.Rows, b.Columns - lone) + (lone * LoneColumns.Stride(b.Rows)));
    }

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => [_b.Slot];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [_packed];

    /// <inheritdoc/>
    public override KernelWork Work => new(0, 0, _b.Bytes + _packed.Bytes);

    /// <inheritdoc/>
    public override string ToString() => $"Pack {_b.Rows} x {_b.Columns} ({_b.Order}) by columns";

    /// <inheritdoc/>
    public override void Run(int chunk, byte* scratch)
    {
        for (var panel = Start(_panels, Chunks, chunk); panel < Start(_panels, Chunks, chunk + 1); panel++)
        {
            var column = panel * TileCompiler.PanelColumns;
            Packing.Columns(
                _b.Start + ((nint)column * _b.ColumnStride), _b.RowStride, _b.ColumnStride, _b.Rows,
                Math.Min(TileCompiler.PanelColumns, _columns - column), (float*)_packed.Address + ((nint)column * _b.Rows));
        }
        for (var column = chunk == 0 ? _columns : _b.Columns; column < _b.Columns; column++)
        {
            LoneColumns.Pack(
                _b.Start + ((nint)column * _b.ColumnStride), _b.RowStride, _b.Rows,
                (float*)_packed.Address + Product.PackedColumns(_b.Rows, _columns) + ((column - _columns) * LoneColumns.Stride(_b.Rows)));
        }
    }
}

/// <summary>Packs A into panels of 8 rows, cut along k into blocks, each block's panels together.</summary>
internal sealed unsafe class PackRowsKernel : Kernel
{
    private readonly Matrix _a;
    private readonly Slot _packed;
    private readonly int _blocks;

    public PackRowsKernel(Matrix a, Slot packed)
    {
        (_a, _packed, _blocks) = (a, packed, (a.Columns + Product.DepthBlock - 1) / Product.DepthBlock);
        Chunks = ChunksFor(_blocks, (double)a.Rows * a.Columns / 2);
    }

    /// <summary>Rows with the padding of the last panel.</summary>
    public static int PaddedRows(int rows) => (rows + TileCompiler.PanelRows - 1) / TileCompiler.PanelRows * TileCompiler.PanelRows;

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => [_a.Slot];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [_packed];

    /// <inheritdoc/>
    public override KernelWork Work => new(0, 0, _a.Bytes + _packed.Bytes);

    /// <inheritdoc/>
    public override string ToString() => $"Pack {_a.Rows} x {_a.Columns} ({_a.Order}) by rows";

    /// <inheritdoc/>
    public override void Run(int chunk, byte* scratch)
    {
        var padded = PaddedRows(_a.Rows);
        for (var block = Start(_blocks, Chunks, chunk); block < Start(_blocks, Chunks, chunk + 1); block++)
        {
            var k = block * Product.DepthBlock;
            var depth = Math.Min(Product.DepthBlock, _a.Columns - k);
            Packing.Rows(
                _a.Start + ((nint)k * _a.ColumnStride), _a.RowStride, _a.ColumnStride, _a.Rows, depth,
                (float*)_packed.Address + ((nint)k * padded));
        }
    }
}

/// <summary>C = A·B from rows of A that are dense along k and from packed B; cut along the rows.</summary>
internal sealed unsafe class RowsProductKernel : Kernel
{
    private readonly Matrix _a;
    private readonly Slot _packedB;
    private readonly Slot _c;
    private readonly int _columns;
    private readonly char _order;
    private readonly Product _product = Product.Shared;

    /// <summary>Rows of C.</summary>
    public int Rows => _a.Rows;

    /// <summary>Columns of C.</summary>
    public int Columns => _columns;

    /// <summary>Nanoseconds on one thread, about.</summary>
    public double Cost => ProductCost.Of(_a.Rows, _columns, _a.Columns);

    public RowsProductKernel(Matrix a, Matrix b, Slot packedB, Slot c)
    {
        (_a, _packedB, _c, _columns, _order) = (a, packedB, c, b.Columns, b.Order);
        Chunks = ChunksFor((a.Rows + 31) / 32, ProductCost.Of(a.Rows, _columns, a.Columns));
    }

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => [_a.Slot, _packedB];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [_c];

    /// <inheritdoc/>
    public override KernelWork Work =>
        new(KernelWork.Product(Rows, _a.Columns, _columns), 0, _a.Bytes + _packedB.Bytes + ResultBytes);

    /// <summary>Bytes of C.</summary>
    public long ResultBytes => (long)Rows * _columns * sizeof(float);

    /// <inheritdoc/>
    public override string ToString() => $"Product {Rows} x {_a.Columns} x {_columns} (N{_order})";

    /// <inheritdoc/>
    public override void Run(int chunk, byte* scratch)
    {
        var units = (_a.Rows + 7) / 8;
        Range(Start(units, Chunks, chunk) * 8, Math.Min(Start(units, Chunks, chunk + 1) * 8, _a.Rows), (float*)_c.Address);
    }

    /// <summary>Some rows of C, of which row 0 would lie at <paramref name="c"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Range(int first, int end, float* c)
    {
        var depth = _a.Columns;
        var columns = _columns - LoneColumns.Of(depth, _columns);
        for (var row = first; row < end; row += Product.RowBlock)
        {
            var rows = Math.Min(Product.RowBlock, end - row);
            for (var k = 0; k < depth; k += Product.DepthBlock)
            {
                var length = Math.Min(Product.DepthBlock, depth - k);
                for (var column = 0; column < columns; column += TileCompiler.PanelColumns)
                {
                    _product.Direct(
                        _a.Start + ((nint)row * _a.RowStride) + k, _a.RowStride,
                        (float*)_packedB.Address + ((nint)column * depth) + (k * TileCompiler.PanelColumns),
                        c + ((nint)row * _columns) + column, _columns, rows,
                        Math.Min(TileCompiler.PanelColumns, columns - column), length, accumulate: k > 0);
                }
            }
            for (var column = columns; column < _columns; column++)
            {
                var start = Product.PackedColumns(depth, columns) + ((column - columns) * LoneColumns.Stride(depth));
                LoneColumns.Multiply(
                    _a.Start + ((nint)row * _a.RowStride), _a.RowStride, (float*)_packedB.Address + start,
                    c + ((nint)row * _columns) + column, _columns, rows, depth);
            }
        }
    }
}

/// <summary>
/// C = A·B from A whose rows are side by side (a transposed matrix, as in a weight's gradient) or packed, and B as it lies, of which each
/// chunk packs its own panels; cut into blocks of rows and panels of columns, never along k.
/// </summary>
internal sealed unsafe class ColumnsProductKernel : Kernel
{
    private const int BlockRows = 256;

    private readonly Matrix _a;
    private readonly Slot? _packedA;
    private readonly Matrix _b;
    private readonly Matrix _c;
    private readonly int _rows;
    private readonly int _rowBlocks;
    private readonly int _columnChunks;
    private readonly Product _product = Product.Shared;

    public ColumnsProductKernel(Matrix a, Slot? packedA, Matrix b, Matrix c)
    {
        var rows = a.Rows;
        (_a, _packedA, _rows, _b, _c) = (a, packedA, rows, b, c);
        _rowBlocks = (rows + BlockRows - 1) / BlockRows;
        _columnChunks = ChunksFor(Product.Panels(b.Columns), ProductCost.Of(rows, b.Columns, b.Rows));
        Chunks = _rowBlocks * _columnChunks;
        ScratchBytes = Product.DepthBlock * TileCompiler.PanelColumns * sizeof(float);
    }

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => [_packedA ?? _a.Slot, _b.Slot];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [_c.Slot];

    /// <inheritdoc/>
    public override KernelWork Work => new(
        KernelWork.Product(_rows, _b.Rows, _b.Columns), 0, (_packedA?.Bytes ?? _a.Bytes) + _b.Bytes + ((long)_rows * _b.Columns * sizeof(float)));

    /// <inheritdoc/>
    public override string ToString() => $"Product {_rows} x {_b.Rows} x {_b.Columns} (T{_b.Order})";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int chunk, byte* scratch)
    {
        var panels = Product.Panels(_b.Columns);
        var (part, block) = (chunk % _columnChunks, chunk / _columnChunks);
        var (first, last) = (Start(panels, _columnChunks, part), Start(panels, _columnChunks, part + 1));
        var row = block * BlockRows;
        var rows = Math.Min(BlockRows, _rows - row);
        var padded = PackRowsKernel.PaddedRows(_rows);
        for (var k = 0; k < _b.Rows; k += Product.DepthBlock)
        {
            var depth = Math.Min(Product.DepthBlock, _b.Rows - k);
            var packed = _packedA is null ? null : (float*)_packedA.Address + ((nint)k * padded) + ((nint)row * depth);
            var turned = _a.Start + row + ((nint)k * _a.ColumnStride);
            for (var panel = first; panel < last; panel++)
            {
                var column = panel * TileCompiler.PanelColumns;
                var columns = Math.Min(TileCompiler.PanelColumns, _b.Columns - column);
                Packing.Columns(
                    _b.Start + ((nint)k * _b.RowStride) + ((nint)column * _b.ColumnStride), _b.RowStride, _b.ColumnStride, depth, columns,
                    (float*)scratch);
                var c = _c.Start + ((nint)row * _c.RowStride) + column;
                if (packed != null) { _product.Packed(packed, (float*)scratch, c, _c.RowStride, rows, columns, depth, k > 0); }
                else { _product.Turned(turned, _a.ColumnStride, (float*)scratch, c, _c.RowStride, rows, columns, depth, k > 0); }
            }
        }
    }
}
