using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GrokPipeline.Engines.Simd.Code;

namespace GrokPipeline.Engines.Simd.Kernels;

/// <summary>Rows of a table by index.</summary>
internal sealed unsafe class GatherKernel : Kernel
{
    private readonly (Slot Table, Slot Indices, Slot Result) _slots;
    private readonly (int Rows, int Width, int Count) _shape;
    private readonly Fault _fault;
    private readonly string _where;

    /// <summary>Makes the kernel; <paramref name="width"/> in bytes.</summary>
    public GatherKernel(Slot table, Slot indices, Slot result, int rows, int width, int count, Fault fault, string where)
    {
        (_slots, _shape, _fault, _where) = ((table, indices, result), (rows, width, count), fault, where);
        Chunks = ChunksFor(count, (double)count * (5 + (width / 10.0)));
    }

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => [_slots.Table, _slots.Indices];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [_slots.Result];

    /// <inheritdoc/>
    public override KernelWork Work => new(
        0, 0, (Math.Min(_shape.Rows, _shape.Count) * (long)_shape.Width) + (_shape.Count * ((long)_shape.Width + sizeof(long))));

    /// <inheritdoc/>
    public override string ToString() => $"Gather {_shape.Count} rows of {_shape.Width} bytes out of {_shape.Rows}";

    /// <inheritdoc/>
    public override void Run(int chunk, byte* scratch)
    {
        var indices = (long*)_slots.Indices.Address;
        for (var i = Start(_shape.Count, Chunks, chunk); i < Start(_shape.Count, Chunks, chunk + 1); i++)
        {
            var row = _fault.Row(indices[i], _shape.Rows, _where);
            Unsafe.CopyBlockUnaligned(
                (byte*)_slots.Result.Address + ((nint)i * _shape.Width), (byte*)_slots.Table.Address + ((nint)row * _shape.Width),
                (uint)_shape.Width);
        }
    }
}

/// <summary>
/// Rows added to a table at indices, in the order of the indices. Cut along the columns, so that the order of each sum is the same for
/// any number of chunks.
/// </summary>
internal sealed unsafe class ScatterAddKernel : Kernel
{
    private readonly (Slot? Data, Slot Indices, Slot Updates, Slot Result) _slots;
    private readonly (int Rows, int Width, int Count) _shape;
    private readonly int _units;
    private readonly float _fill;
    private readonly Fault _fault;
    private readonly string _where;

    /// <summary>Makes the kernel; without data the table starts as <paramref name="fill"/> everywhere.</summary>
    public ScatterAddKernel(
        Slot? data, float fill, Slot indices, Slot updates, Slot result, int rows, int width, int count, Fault fault, string where)
    {
        (_slots, _shape, _fill, _fault, _where) = ((data, indices, updates, result), (rows, width, count), fill, fault, where);
        _units = (width + 15) / 16;
        Chunks = ChunksFor((_units + 1) / 2, ((double)count + rows) * width / 8);
    }

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads =>
        _slots.Data is { } data ? [data, _slots.Indices, _slots.Updates] : [_slots.Indices, _slots.Updates];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [_slots.Result];

    /// <inheritdoc/>
    public override KernelWork Work
    {
        get
        {
            var (table, updates) = ((long)_shape.Rows * _shape.Width, (long)_shape.Count * _shape.Width);
            var tables = _slots.Data is null ? 1 : 2;
            return new(0, updates, (((tables * table) + updates) * sizeof(float)) + ((long)_shape.Count * sizeof(long)));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"Scatter {_shape.Count} rows of {_shape.Width} into {_shape.Rows}";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int chunk, byte* scratch)
    {
        var first = Start(_units, Chunks, chunk) * 16;
        var width = Math.Min(Start(_units, Chunks, chunk + 1) * 16, _shape.Width) - first;
        var result = (float*)_slots.Result.Address + first;
        for (var row = 0; row < _shape.Rows; row++)
        {
            var to = new Span<float>(result + ((nint)row * _shape.Width), width);
            if (_slots.Data is { } data) { new Span<float>((float*)data.Address + ((nint)row * _shape.Width) + first, width).CopyTo(to); }
            else { to.Fill(_fill); }
        }
        var indices = (long*)_slots.Indices.Address;
        var from = (float*)_slots.Updates.Address + first;
        for (var i = 0; i < _shape.Count; i++, from += _shape.Width)
        {
            var to = result + ((nint)_fault.Row(indices[i], _shape.Rows, _where) * _shape.Width);
            var column = 0;
            for (; column + 16 <= width; column += 16) { (Vector512.Load(to + column) + Vector512.Load(from + column)).Store(to + column); }
            if (column < width)
            {
                LaneMemory.StoreFirst512(to + column, Vector512.Load(to + column) + Vector512.Load(from + column), width - column);
            }
        }
    }
}

/// <summary>Indices as loops read them, as numbers to compare with or as rows of a table; a wrong one is noted.</summary>
internal sealed unsafe class IndexKernel(Slot indices, ElementType element, Slot result, int extent, int count, Fault fault, string where)
    : Kernel
{
    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => [indices];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [result];

    /// <inheritdoc/>
    public override KernelWork Work => new(0, 0, count * ((long)element.SizeInBytes() + sizeof(long)));

    /// <inheritdoc/>
    public override string ToString() => $"Check {count} indices below {extent}";

    /// <inheritdoc/>
    public override void Run(int chunk, byte* scratch)
    {
        var from = (long*)indices.Address;
        var first = element == ElementType.Int64 ? CopyRight(from, (ulong*)result.Address) : 0;
        for (var i = first; i < count; i++)
        {
            var row = fault.Row(from[i], extent, where);
            if (element == ElementType.Float32) { ((float*)result.Address)[i] = row; }
            else { ((long*)result.Address)[i] = row; }
        }
    }

    // As many as are right, eight at a time.
    private int CopyRight(long* from, ulong* to)
    {
        var i = 0;
        for (; i + 8 <= count; i += 8)
        {
            var eight = Vector512.Load(from + i).AsUInt64();
            if (!Vector512.LessThanAll(eight, Vector512.Create((ulong)extent))) { break; }
            eight.Store(to + i);
        }
        return i;
    }
}
