using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GrokPipeline.Engines.Simd.Code;
using GrokPipeline.Engines.Simd.Gemm;

namespace GrokPipeline.Engines.Simd.Kernels;

/// <summary>
/// Many products of small matrices (attention). Strides: leading axes, then the last two; rows of C are dense. Which way a product is
/// computed depends on shapes and strides alone.
/// </summary>
internal sealed unsafe class BatchedProductKernel : Kernel
{
    private const int SmallProduct = 16 * 1024;

    private readonly Matrix _a;
    private readonly Matrix _b;
    private readonly Matrix _c;
    private readonly int[] _offsets;
    private readonly int _batches;
    private readonly int _copyBytes;
    private readonly Way _way;
    private readonly Product? _product;

    /// <summary>Makes the kernel; the matrices are those of batch 0.</summary>
    public BatchedProductKernel(int[] leading, Matrix a, int[] leadingA, Matrix b, int[] leadingB, Matrix c, int[] leadingC)
    {
        (_a, _b, _c) = (a, b, c);
        _offsets = Offsets(Walk.Of(leading, leadingA, leadingB, leadingC));
        _batches = _offsets.Length / 3;
        var (m, k, n) = (a.Rows, a.Columns, b.Columns);
        _way = (m * n * k) > SmallProduct ? Way.Packed
            : a.ColumnStride == 1 && b.RowStride == 1 && b.ColumnStride != 1 && k >= 8 ? Way.Dots
            : b.ColumnStride == 1 ? Way.Rows : Way.CopiedRows;
        _copyBytes = (Product.PackedColumns(k, n) * sizeof(float)) + 64;
        if (_way == Way.Packed) { _product = Product.Shared; }
        ScratchBytes = _way switch
        {
            Way.Packed => _copyBytes + ((long)PackRowsKernel.PaddedRows(m) * k * sizeof(float)),
            Way.CopiedRows => _copyBytes,
            _ => 0,
        };
        Chunks = ChunksFor(_batches, (double)_batches * (40 + ((double)m * n * k / 12)));
    }

    private enum Way
    {
        /// <summary>As large products.</summary>
        Packed,

        /// <summary>Each element as the dot product of a row and a column, both dense.</summary>
        Dots,

        /// <summary>Each row of C as a sum of rows of B.</summary>
        Rows,

        /// <summary>As rows, from a dense copy of B.</summary>
        CopiedRows,
    }

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => [_a.Slot, _b.Slot];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [_c.Slot];

    /// <inheritdoc/>
    public override KernelWork Work => new(
        _batches * KernelWork.Product(_a.Rows, _a.Columns, _b.Columns), 0,
        Math.Min(_batches * _a.Bytes, _a.Slot.Bytes) + Math.Min(_batches * _b.Bytes, _b.Slot.Bytes) + (_batches * _c.Bytes));

    /// <inheritdoc/>
    public override string ToString() =>
        $"{_batches} products {_a.Rows} x {_a.Columns} x {_b.Columns} ({_a.Order}{_b.Order}) by {Words()}";

    private string Words() => _way switch
    {
        Way.Packed => "panels",
        Way.Dots => "dots",
        Way.Rows => "rows",
        _ => "copied rows",
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int chunk, byte* scratch)
    {
        for (var batch = Start(_batches, Chunks, chunk); batch < Start(_batches, Chunks, chunk + 1); batch++)
        {
            var a = _a.Start + _offsets[3 * batch];
            var b = _b.Start + _offsets[(3 * batch) + 1];
            var c = _c.Start + _offsets[(3 * batch) + 2];
            switch (_way)
            {
                case Way.Dots: Dots(a, b, c); break;
                case Way.Rows: Rows(a, b, _b.RowStride, c); break;
                case Way.CopiedRows:
                    Copy(b, (float*)scratch);
                    Rows(a, (float*)scratch, Product.Panels(_b.Columns) * TileCompiler.PanelColumns, c);
                    break;
                default: Packed(a, b, c, scratch); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private void Dots(float* a, float* b, float* c)
    {
        var (m, k, n) = (_a.Rows, _a.Columns, _b.Columns);
        var whole = k & ~15;
        var left = LaneMemory.FirstLanes512(k - whole);
        for (var i = 0; i < m; i++, a += _a.RowStride, c += _c.RowStride)
        {
            var column = b;
            for (var j = 0; j < n; j++, column += _b.ColumnStride)
            {
                var sum = Vector512<float>.Zero;
                for (var l = 0; l < whole; l += 16)
                {
                    sum = Vector512.FusedMultiplyAdd(Vector512.Load(a + l), Vector512.Load(column + l), sum);
                }
                if (whole != k)
                {
                    var x = Vector512.ConditionalSelect(left, Vector512.Load(a + whole), Vector512<float>.Zero);
                    var y = Vector512.ConditionalSelect(left, Vector512.Load(column + whole), Vector512<float>.Zero);
                    sum = Vector512.FusedMultiplyAdd(x, y, sum);
                }
                c[j] = Lanes.Fold(sum);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private void Rows(float* a, float* b, nint strideB, float* c)
    {
        var (m, k, n) = (_a.Rows, _a.Columns, _b.Columns);
        nint strideA = _a.ColumnStride;
        for (var i = 0; i < m; i++, a += _a.RowStride, c += _c.RowStride)
        {
            var j = 0;
            for (; j + 32 <= n; j += 32)
            {
                var (low, high) = (Vector512<float>.Zero, Vector512<float>.Zero);
                for (var l = 0; l < k; l++)
                {
                    var x = Vector512.Create(a[l * strideA]);
                    low = Vector512.FusedMultiplyAdd(x, Vector512.Load(b + (l * strideB) + j), low);
                    high = Vector512.FusedMultiplyAdd(x, Vector512.Load(b + (l * strideB) + j + 16), high);
                }
                low.Store(c + j);
                high.Store(c + j + 16);
            }
            for (; j < n; j += 16)
            {
                var sum = Vector512<float>.Zero;
                for (var l = 0; l < k; l++)
                {
                    sum = Vector512.FusedMultiplyAdd(Vector512.Create(a[l * strideA]), Vector512.Load(b + (l * strideB) + j), sum);
                }
                LaneMemory.StoreFirst512(c + j, sum, n - j);
            }
        }
    }

    // Of A, B and C for each product: looked up, because divisions would take as long as a small product.
    private static int[] Offsets(Walk walk)
    {
        var offsets = new int[3 * walk.Count];
        for (var i = 0; i < offsets.Length; i++) { offsets[i] = walk.Offset(i % 3, i / 3, walk.Lengths.Length); }
        return offsets;
    }

    private void Copy(float* b, float* to)
    {
        var width = Product.Panels(_b.Columns) * TileCompiler.PanelColumns;
        for (var k = 0; k < _b.Rows; k++, to += width)
        {
            for (var j = 0; j < _b.Columns; j++) { to[j] = b[((nint)k * _b.RowStride) + ((nint)j * _b.ColumnStride)]; }
        }
    }

    private void Packed(float* a, float* b, float* c, byte* scratch)
    {
        var (m, depth, n) = (_a.Rows, _a.Columns, _b.Columns);
        var packedB = (float*)scratch;
        var packedA = (float*)(scratch + _copyBytes);
        for (var k = 0; k < depth; k += Product.DepthBlock)
        {
            var length = Math.Min(Product.DepthBlock, depth - k);
            if (_a.ColumnStride != 1) { Packing.Rows(a + ((nint)k * _a.ColumnStride), _a.RowStride, _a.ColumnStride, m, length, packedA); }
            for (var column = 0; column < n; column += TileCompiler.PanelColumns)
            {
                var columns = Math.Min(TileCompiler.PanelColumns, n - column);
                var from = b + ((nint)k * _b.RowStride) + ((nint)column * _b.ColumnStride);
                Packing.Columns(from, _b.RowStride, _b.ColumnStride, length, columns, packedB);
                if (_a.ColumnStride == 1)
                {
                    _product!.Direct(a + k, _a.RowStride, packedB, c + column, _c.RowStride, m, columns, length, k > 0);
                }
                else { _product!.Packed(packedA, packedB, c + column, _c.RowStride, m, columns, length, k > 0); }
            }
        }
    }
}
