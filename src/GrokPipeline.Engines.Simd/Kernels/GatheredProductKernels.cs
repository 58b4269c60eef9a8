using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using GrokPipeline.Engines.Simd.Code;

namespace GrokPipeline.Engines.Simd.Kernels;

/// <summary>Sizes of a product with rows that are looked up: attention of one query per row.</summary>
/// <param name="Rows">How many queries.</param>
/// <param name="Heads">Products for each.</param>
/// <param name="Width">Length of a head's row.</param>
/// <param name="Seen">Table rows that each query is multiplied with.</param>
/// <param name="TableRows">Rows of the table.</param>
internal readonly record struct GatheredShape(int Rows, int Heads, int Width, int Seen, int TableRows)
{
    /// <summary>A multiply-add for each number of a row that is looked up; a row per query, numbers per row, table and indices.</summary>
    public KernelWork Work
    {
        get
        {
            var operations = 2L * Rows * Heads * Width * Seen;
            var numbers = ((long)Rows * Heads * (Width + Seen)) + ((long)Math.Min(TableRows, (long)Rows * Seen) * Heads * Width);
            return new(operations, 0, (numbers * sizeof(float)) + ((long)Rows * Seen * sizeof(long)));
        }
    }
}

/// <summary>Where a number per query and head begins; the last axis has its own stride.</summary>
internal sealed record HeadRows(Slot Slot, int Offset, int RowStride, int HeadStride, int LastStride)
{
    /// <summary>The address of a query's head.</summary>
    public unsafe float* At(int row, int head) => (float*)Slot.Address + Offset + ((nint)row * RowStride) + ((nint)head * HeadStride);
}

/// <summary>
/// Scores: the dot product of each query's head with that of the table rows that it looks up, <c>C[n, h, j] = Σ A[n, h, d]·T[i[n, j], h, d]</c>.
/// The rows are read where they lie.
/// </summary>
internal sealed unsafe class GatheredDotsKernel : Kernel
{
    private readonly HeadRows _a;
    private readonly (Slot Table, Slot Indices, Slot Result) _slots;
    private readonly GatheredShape _shape;
    private readonly Fault _fault;
    private readonly string _where;

    public GatheredDotsKernel(HeadRows a, Slot table, Slot indices, Slot result, GatheredShape shape, Fault fault, string where)
    {
        (_a, _slots, _shape, _fault, _where) = (a, (table, indices, result), shape, fault, where);
        Chunks = ChunksFor(shape.Rows, (double)shape.Rows * shape.Heads * shape.Seen * (2 + (shape.Width / 16.0)));
    }

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => [_a.Slot, _slots.Table, _slots.Indices];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [_slots.Result];

    /// <inheritdoc/>
    public override KernelWork Work => _shape.Work;

    /// <inheritdoc/>
    public override string ToString() => $"Gathered dots {_shape.Rows} x {_shape.Heads} heads of {_shape.Width} x {_shape.Seen} rows";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int chunk, byte* scratch)
    {
        var (heads, width, seen) = (_shape.Heads, _shape.Width, _shape.Seen);
        var (whole, left) = (width & ~15, LaneMemory.FirstLanes512(width & 15));
        for (var row = Start(_shape.Rows, Chunks, chunk); row < Start(_shape.Rows, Chunks, chunk + 1); row++)
        {
            var indices = (long*)_slots.Indices.Address + ((nint)row * seen);
            var result = (float*)_slots.Result.Address + ((nint)row * heads * seen);
            for (var j = 0; j < seen; j++)
            {
                var table = (float*)_slots.Table.Address + ((nint)_fault.Row(indices[j], _shape.TableRows, _where) * heads * width);
                var a = _a.At(row, 0);
                for (var head = 0; head < heads; head++, table += width, a += _a.HeadStride)
                {
                    var sum = Vector512<float>.Zero;
                    for (var d = 0; d < whole; d += 16)
                    {
                        sum = Vector512.FusedMultiplyAdd(Vector512.Load(a + d), Vector512.Load(table + d), sum);
                    }
                    if (whole != width)
                    {
                        var x = Vector512.ConditionalSelect(left, Vector512.Load(a + whole), Vector512<float>.Zero);
                        var y = Vector512.ConditionalSelect(left, Vector512.Load(table + whole), Vector512<float>.Zero);
                        sum = Vector512.FusedMultiplyAdd(x, y, sum);
                    }
                    result[(head * seen) + j] = Lanes.Fold(sum);
                }
            }
        }
    }
}

/// <summary>
/// A mixture of the table rows that each query looks up, head by head: <c>C[n, h, d] = Σⱼ W[n, h, j]·T[i[n, j], h, d]</c>, one chain of fused
/// multiply-adds over ascending j.
/// </summary>
internal sealed unsafe class GatheredMixKernel : Kernel
{
    private readonly HeadRows _weights;
    private readonly (Slot Table, Slot Indices, Slot Result) _slots;
    private readonly GatheredShape _shape;
    private readonly Fault _fault;
    private readonly string _where;

    public GatheredMixKernel(HeadRows weights, Slot table, Slot indices, Slot result, GatheredShape shape, Fault fault, string where)
    {
        (_weights, _slots, _shape, _fault, _where) = (weights, (table, indices, result), shape, fault, where);
        Chunks = ChunksFor(shape.Rows, (double)shape.Rows * shape.Heads * shape.Seen * (2 + (shape.Width / 16.0)));
    }

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => [_weights.Slot, _slots.Table, _slots.Indices];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [_slots.Result];

    /// <inheritdoc/>
    public override KernelWork Work => _shape.Work;

    /// <inheritdoc/>
    public override string ToString() => $"Gathered mix {_shape.Rows} x {_shape.Heads} heads of {_shape.Seen} rows x {_shape.Width}";

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int chunk, byte* scratch)
    {
        var (heads, width, seen) = (_shape.Heads, _shape.Width, _shape.Seen);
        var tables = stackalloc float*[seen];
        for (var row = Start(_shape.Rows, Chunks, chunk); row < Start(_shape.Rows, Chunks, chunk + 1); row++)
        {
            var indices = (long*)_slots.Indices.Address + ((nint)row * seen);
            for (var j = 0; j < seen; j++)
            {
                tables[j] = (float*)_slots.Table.Address + ((nint)_fault.Row(indices[j], _shape.TableRows, _where) * heads * width);
            }
            var result = (float*)_slots.Result.Address + ((nint)row * heads * width);
            var weights = _weights.At(row, 0);
            for (var head = 0; head < heads; head++, result += width, weights += _weights.HeadStride)
            {
                nint at = head * width;
                for (var d = 0; d < width; d += 16)
                {
                    var sum = Vector512<float>.Zero;
                    for (var j = 0; j < seen; j++)
                    {
                        sum = Vector512.FusedMultiplyAdd(
                            Vector512.Create(weights[j * _weights.LastStride]), Vector512.Load(tables[j] + at + d), sum);
                    }
                    LaneMemory.StoreFirst512(result + d, sum, width - d);
                }
            }
        }
    }
}

/// <summary>
/// The gradient of a mixture: each query's row, weighted, is added to the table rows that it looked up,
/// <c>T[i[n, j], h, d] += W[n, h, j]·X[n, h, d]</c>, in the order of the queries. Cut by heads, so that the order is the same for any number
/// of chunks.
/// </summary>
internal sealed unsafe class ScatteredMixKernel : Kernel
{
    private readonly (HeadRows Weights, HeadRows X) _rows;
    private readonly (Slot Indices, Slot Result) _slots;
    private readonly GatheredShape _shape;
    private readonly Fault _fault;
    private readonly string _where;

    public ScatteredMixKernel(HeadRows weights, HeadRows x, Slot indices, Slot result, GatheredShape shape, Fault fault, string where)
    {
        (_rows, _slots, _shape, _fault, _where) = ((weights, x), (indices, result), shape, fault, where);
        Chunks = ChunksFor(shape.Heads, (double)shape.Rows * shape.Heads * shape.Seen * (2 + (shape.Width / 16.0)));
    }

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => [_rows.Weights.Slot, _rows.X.Slot, _slots.Indices];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [_slots.Result];

    /// <inheritdoc/>
    public override KernelWork Work => _shape.Work;

    /// <inheritdoc/>
    public override string ToString() => $"Scattered mix {_shape.Rows} x {_shape.Heads} heads of {_shape.Width} x {_shape.Seen} rows";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int chunk, byte* scratch)
    {
        var (first, last) = (Start(_shape.Heads, Chunks, chunk), Start(_shape.Heads, Chunks, chunk + 1));
        var stride = _shape.Heads * _shape.Width;
        var table = (float*)_slots.Result.Address;
        for (var row = 0; row < _shape.TableRows; row++)
        {
            NativeMemory.Clear(table + ((nint)row * stride) + (first * _shape.Width), (nuint)((last - first) * _shape.Width * sizeof(float)));
        }
        var (seen, width, offset) = (_shape.Seen, _shape.Width, first * _shape.Width);
        var (indices, weights, rows) = ((nint)_slots.Indices.Address, (nint)_rows.Weights.At(0, first), (nint)_rows.X.At(0, first));
        nint ofWeights = _rows.Weights.HeadStride, nextWeight = _rows.Weights.LastStride, ofX = _rows.X.HeadStride;
        for (var row = 0; row < _shape.Rows; row++)
        {
            var index = (long*)indices + ((nint)row * seen);
            var rowWeights = (float*)weights + ((nint)row * _rows.Weights.RowStride);
            var rowX = (float*)rows + ((nint)row * _rows.X.RowStride);
            for (var j = 0; j < seen; j++, rowWeights += nextWeight)
            {
                var to = table + ((nint)_fault.Row(index[j], _shape.TableRows, _where) * stride) + offset;
                var weight = rowWeights;
                var x = rowX;
                for (var head = first; head < last; head++)
                {
                    Add(Vector512.Create(*weight), x, to, width);
                    weight += ofWeights;
                    x += ofX;
                    to += width;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector512<float> weight, float* x, float* to, int width)
    {
        var d = 0;
        for (; d + 16 <= width; d += 16) { Vector512.FusedMultiplyAdd(weight, Vector512.Load(x + d), Vector512.Load(to + d)).Store(to + d); }
        if (d < width)
        {
            LaneMemory.StoreFirst512(to + d, Vector512.FusedMultiplyAdd(weight, Vector512.Load(x + d), Vector512.Load(to + d)), width - d);
        }
    }
}
