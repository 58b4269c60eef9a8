using System.Runtime.Intrinsics;
using GrokPipeline.Engines.Simd.Code;

namespace GrokPipeline.Engines.Simd.Kernels;

/// <summary>Adds the partial sums of a loop's chunks, in the order of the chunks.</summary>
internal sealed unsafe class MergeKernel(Slot partials, int strideBytes, int count, Slot result, int columns) : Kernel
{
    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => [partials];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [result];

    /// <inheritdoc/>
    public override KernelWork Work => new(0, (long)(count - 1) * columns, ((long)count + 1) * columns * sizeof(float));

    /// <inheritdoc/>
    public override string ToString() => $"Add {count} partial sums of {columns}";

    /// <inheritdoc/>
    public override void Run(int chunk, byte* scratch)
    {
        var to = (float*)result.Address;
        for (var column = 0; column < columns; column += 16)
        {
            var from = partials.Address + (column * sizeof(float));
            var sum = Vector512.Load((float*)from);
            for (var i = 1; i < count; i++) { sum += Vector512.Load((float*)(from + ((nint)i * strideBytes))); }
            LaneMemory.StoreFirst512(to + column, sum, columns - column);
        }
    }
}
