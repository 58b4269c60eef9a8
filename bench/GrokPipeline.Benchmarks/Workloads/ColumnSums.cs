using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Engines.Simd.Kernels;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary>Sums of columns on the engine's threads, cut into pieces of rows whose partial sums are added in their order.</summary>
internal sealed unsafe class ColumnSums : IDisposable
{
    private readonly Slot _numbers;
    private readonly Slot _partials;
    private readonly Slot _result;
    private readonly Kernel[] _kernels;
    private readonly WorkerTeam? _team;

    /// <summary>Makes the numbers and starts the threads.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns, a multiple of 16.</param>
    /// <param name="pieces">How many partial sums.</param>
    /// <param name="threads">How many threads.</param>
    public ColumnSums(int rows, int columns, int pieces, int threads)
    {
        (_numbers, _partials) = (Filled(rows * columns, "numbers"), Filled(pieces * columns, "partials"));
        _result = Filled(columns, "result");
        _kernels =
        [
            new Pieces(_numbers, _partials, rows, columns, pieces),
            new MergeKernel(_partials, columns * sizeof(float), pieces, _result, columns),
        ];
        if (threads > 1) { _team = new WorkerTeam(_kernels, threads, null, 0); }
    }

    /// <summary>Adds up.</summary>
    public void Run()
    {
        if (_team is not null) { _team.Run(0); }
        else
        {
            for (var piece = 0; piece < _kernels[0].Chunks; piece++) { _kernels[0].Run(piece, null); }
        }
        if (_kernels[0].Chunks > 1) { _kernels[1].Run(0, null); }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _team?.Dispose();
        foreach (var slot in (Slot[])[_numbers, _partials, _result]) { NativeMemory.AlignedFree((void*)slot.Address); }
    }

    private static Slot Filled(int count, string name)
    {
        var slot = new Slot((long)count * sizeof(float), name);
        slot.Address = (nint)NativeMemory.AlignedAlloc((nuint)slot.Bytes + 64, 64);
        new Span<float>((void*)slot.Address, count).Fill(1);
        return slot;
    }

    /// <summary>The partial sums, one per piece of rows.</summary>
    private sealed class Pieces : Kernel
    {
        private readonly (Slot Numbers, Slot Partials) _slots;
        private readonly (int Rows, int Columns) _shape;

        public Pieces(Slot numbers, Slot partials, int rows, int columns, int pieces) =>
            (_slots, _shape, Chunks) = ((numbers, partials), (rows, columns), pieces);

        /// <inheritdoc/>
        public override IEnumerable<Slot> Reads => [_slots.Numbers];

        /// <inheritdoc/>
        public override IEnumerable<Slot> Writes => [_slots.Partials];

        /// <inheritdoc/>
        public override KernelWork Work => new(0, (long)_shape.Rows * _shape.Columns, _slots.Numbers.Bytes + _slots.Partials.Bytes);

        /// <inheritdoc/>
        public override string ToString() => $"Column sums of [{_shape.Rows}, {_shape.Columns}] in {Chunks} pieces";

        /// <inheritdoc/>
        public override void Run(int chunk, byte* scratch)
        {
            var to = (float*)_slots.Partials.Address + (chunk * _shape.Columns);
            new Span<float>(to, _shape.Columns).Clear();
            for (var row = Start(_shape.Rows, Chunks, chunk); row < Start(_shape.Rows, Chunks, chunk + 1); row++)
            {
                var from = (float*)_slots.Numbers.Address + (row * _shape.Columns);
                for (var column = 0; column < _shape.Columns; column += 16)
                {
                    (Vector512.Load(to + column) + Vector512.Load(from + column)).Store(to + column);
                }
            }
        }
    }
}
