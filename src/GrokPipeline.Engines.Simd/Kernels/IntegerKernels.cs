using GrokPipeline.Engines.Simd.Planning;

namespace GrokPipeline.Engines.Simd.Kernels;

/// <summary>Casts that involve integers, one element at a time.</summary>
internal sealed unsafe class ConvertKernel : Kernel
{
    private readonly (Slot From, Slot To) _slots;
    private readonly (ElementType From, ElementType To) _types;
    private readonly int _offset;
    private readonly Walk _walk;

    public ConvertKernel(View from, Slot slot, ElementType to, Slot result)
    {
        (_slots, _types, _offset) = ((slot, result), (from.Node.Element, to), from.Offset);
        _walk = Walk.Of(from.Shape, from.Strides);
    }

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => [_slots.From];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [_slots.To];

    /// <inheritdoc/>
    public override KernelWork Work =>
        new(0, 0, (_walk.Touched(0) * _types.From.SizeInBytes()) + ((long)_walk.Count * _types.To.SizeInBytes()));

    /// <inheritdoc/>
    public override string ToString() => $"Convert {_walk.Count} from {_types.From} to {_types.To}";

    /// <inheritdoc/>
    public override void Run(int chunk, byte* scratch)
    {
        var (width, axes) = (_walk.Lengths[^1], _walk.Lengths.Length - 1);
        for (var line = 0; line * width < _walk.Count; line++) { Line(_offset + _walk.Offset(0, line, axes), _walk.Strides[0][^1], line * width, width); }
    }

    // Elements that lie at one distance from each other.
    private void Line(nint from, nint step, nint to, int count)
    {
        void* source = (void*)_slots.From.Address;
        void* result = (void*)_slots.To.Address;
        switch (_types)
        {
            case (ElementType.Int64, ElementType.Float32):
                for (nint i = 0; i < count; i++) { ((float*)result)[to + i] = ((long*)source)[from + (i * step)]; }
                break;
            case (ElementType.Int64, ElementType.Bool):
                for (nint i = 0; i < count; i++) { ((byte*)result)[to + i] = (byte)(((long*)source)[from + (i * step)] != 0 ? 1 : 0); }
                break;
            case (ElementType.Float32, ElementType.Int64):
                for (nint i = 0; i < count; i++) { ((long*)result)[to + i] = long.CreateSaturating(((float*)source)[from + (i * step)]); }
                break;
            default:                                                                                           // a truth value to Int64
                for (nint i = 0; i < count; i++) { ((long*)result)[to + i] = ((byte*)source)[from + (i * step)]; }
                break;
        }
    }
}

/// <summary>Where two integers are equal.</summary>
internal sealed unsafe class IntegerEqualKernel(View a, Slot slotA, View b, Slot slotB, Slot result) : Kernel
{
    private readonly Walk _walk = Walk.Of(a.Shape, a.Strides, b.Strides);

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => [slotA, slotB];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [result];

    /// <inheritdoc/>
    public override KernelWork Work => new(0, 0, ((_walk.Touched(0) + _walk.Touched(1)) * sizeof(long)) + _walk.Count);

    /// <inheritdoc/>
    public override string ToString() => $"Compare {_walk.Count} integers";

    /// <inheritdoc/>
    public override void Run(int chunk, byte* scratch)
    {
        var axes = _walk.Lengths.Length;
        for (var i = 0; i < _walk.Count; i++)
        {
            var x = ((long*)slotA.Address)[a.Offset + _walk.Offset(0, i, axes)];
            var y = ((long*)slotB.Address)[b.Offset + _walk.Offset(1, i, axes)];
            ((byte*)result.Address)[i] = (byte)(x == y ? 1 : 0);
        }
    }
}

/// <summary>Where the largest number of each row stands; the first of equal ones.</summary>
internal sealed unsafe class ArgMaxKernel(Slot from, Slot result, int rows, int width) : Kernel
{
    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => [from];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [result];

    /// <inheritdoc/>
    public override KernelWork Work => new(0, 0, ((long)rows * width * sizeof(float)) + ((long)rows * sizeof(long)));

    /// <inheritdoc/>
    public override string ToString() => $"Largest of {rows} rows of {width}";

    /// <inheritdoc/>
    public override void Run(int chunk, byte* scratch)
    {
        for (nint row = 0; row < rows; row++)
        {
            var x = (float*)from.Address + (row * width);
            nint largest = 0;
            for (nint i = 1; i < width; i++)
            {
                if (x[i] > x[largest]) { largest = i; }
            }
            ((long*)result.Address)[row] = largest;
        }
    }
}
