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
        var axes = _walk.Lengths.Length;
        for (var i = 0; i < _walk.Count; i++)
        {
            var from = _offset + _walk.Offset(0, i, axes);
            switch (_types)
            {
                case (ElementType.Int64, ElementType.Float32): ((float*)_slots.To.Address)[i] = ((long*)_slots.From.Address)[from]; break;
                case (ElementType.Int64, ElementType.Bool):
                    ((byte*)_slots.To.Address)[i] = (byte)(((long*)_slots.From.Address)[from] != 0 ? 1 : 0);
                    break;
                case (ElementType.Float32, ElementType.Int64):
                    ((long*)_slots.To.Address)[i] = long.CreateSaturating(((float*)_slots.From.Address)[from]);
                    break;
                default: ((long*)_slots.To.Address)[i] = ((byte*)_slots.From.Address)[from]; break;           // a truth value to Int64
            }
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
