using System.Runtime.Intrinsics;
using GrokPipeline.Engines.Simd.Code;

namespace GrokPipeline.Engines.Simd.Kernels;

/// <summary>Adds the partial sums of a loop's chunks, in the order of the chunks.</summary>
internal sealed unsafe class MergeKernel : Kernel
{
    private readonly Slot _partials;
    private readonly Slot _result;
    private readonly int _strideBytes;
    private readonly int _count;
    private readonly int _columns;

    /// <summary>Makes the kernel.</summary>
    /// <param name="partials">The sums of the first chunk, then those of the next.</param>
    /// <param name="strideBytes">Between the sums of a chunk and the next.</param>
    /// <param name="count">How many chunks.</param>
    /// <param name="result">Receives the sums.</param>
    /// <param name="columns">How many sums.</param>
    public MergeKernel(Slot partials, int strideBytes, int count, Slot result, int columns)
    {
        (_partials, _strideBytes, _count, _result, _columns) = (partials, strideBytes, count, result, columns);
        Chunks = ChunksFor((columns + 1023) / 1024, (double)columns * count / 8);
    }

    /// <inheritdoc/>
    public override IEnumerable<Slot> Reads => [_partials];

    /// <inheritdoc/>
    public override IEnumerable<Slot> Writes => [_result];

    /// <inheritdoc/>
    public override KernelWork Work => new(0, (long)(_count - 1) * _columns, ((long)_count + 1) * _columns * sizeof(float));

    /// <inheritdoc/>
    public override string ToString() => $"Add {_count} partial sums of {_columns}";

    /// <inheritdoc/>
    public override void Run(int chunk, byte* scratch)
    {
        var to = (float*)_result.Address;
        var units = (_columns + 15) / 16;
        var end = Start(units, Chunks, chunk + 1) * 16;
        for (var column = Start(units, Chunks, chunk) * 16; column < end; column += 16)
        {
            var from = _partials.Address + (column * sizeof(float));
            var sum = Vector512.Load((float*)from);
            for (var i = 1; i < _count; i++) { sum += Vector512.Load((float*)(from + ((nint)i * _strideBytes))); }
            LaneMemory.StoreFirst512(to + column, sum, _columns - column);
        }
    }
}
