namespace GrokPipeline.Engines.Simd.Kernels;

/// <summary>
/// A block of the session's memory. Its address is known once all kernels are; until then kernels hold the slot. Behind each block are
/// 64 bytes that loads may touch.
/// </summary>
internal sealed class Slot(long bytes, string name)
{
    /// <summary>How many bytes.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>For messages.</summary>
    public string Name { get; } = name;

    /// <summary>True when the content must outlive a run: inputs, constants, outputs.</summary>
    public bool IsKept { get; set; }

    /// <summary>The slot whose memory this one uses; itself unless an output lies where its carried input lies.</summary>
    public Slot? Same { get; set; }

    /// <summary>Start of the block; 64-byte aligned.</summary>
    public nint Address { get; set; }
}

/// <summary>
/// A step of a plan. It is cut into chunks by its shape alone, and each chunk does the same whoever runs it and in whatever order, so
/// that neither the number of threads nor their timing can change a bit.
/// </summary>
internal abstract unsafe class Kernel
{
    /// <summary>Nanoseconds that a chunk should take at least: handing one over costs about half a microsecond.</summary>
    private const double ChunkCost = 12_000;

    /// <summary>How many chunks; 1 runs on the calling thread.</summary>
    public int Chunks { get; protected init; } = 1;

    /// <summary>Bytes of private memory that a chunk needs while it runs.</summary>
    public long ScratchBytes { get; protected init; }

    /// <summary>The slots that it reads.</summary>
    public abstract IEnumerable<Slot> Reads { get; }

    /// <summary>The slots that it writes.</summary>
    public abstract IEnumerable<Slot> Writes { get; }

    /// <summary>What it has to do.</summary>
    public abstract KernelWork Work { get; }

    /// <summary>What it does, for people: <c>Product 2048 x 128 x 512 (NT)</c>, <c>Loop [2048, 512] Add Relu</c>.</summary>
    public abstract override string ToString();

    /// <summary>Does a chunk.</summary>
    /// <param name="chunk">0 to <see cref="Chunks"/> − 1.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> bytes, 64-byte aligned; content undefined.</param>
    public abstract void Run(int chunk, byte* scratch);

    /// <summary>How many chunks suit a cost: a function of the shape.</summary>
    /// <param name="units">Pieces that cannot be cut.</param>
    /// <param name="nanoseconds">Estimate of the whole kernel on one thread.</param>
    /// <param name="most">No more than this.</param>
    protected static int ChunksFor(int units, double nanoseconds, int most = 32) =>
        (int)Math.Clamp(Math.Min(nanoseconds / ChunkCost, units), 1, most);

    /// <summary>The first unit of a chunk when units are dealt out evenly.</summary>
    protected static int Start(int units, int chunks, int chunk) => (int)((long)units * chunk / chunks);
}
