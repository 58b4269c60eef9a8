using System.Runtime.InteropServices;
using GrokPipeline.Engines.Simd.Kernels;

namespace GrokPipeline.Engines.Simd;

/// <summary>
/// Threads that share the chunks of kernels. Between kernels they spin for a short while, because the next kernel follows within
/// microseconds; when none comes they sleep, so that an idle session costs nothing. Who does which chunk is left to chance: chunks do not
/// depend on it.
/// </summary>
internal sealed unsafe class WorkerTeam : IDisposable
{
    private const int SpinsBeforeYield = 200;
    private const int YieldsBeforeSleep = 200;

    private readonly Kernel[] _kernels;
    private readonly byte* _scratch;
    private readonly nint _scratchBytes;
    private readonly Thread[] _threads;
    private readonly AutoResetEvent[] _wake;
    private Shared _shared;
    private volatile bool _stopping;

    /// <summary>Starts the threads.</summary>
    /// <param name="kernels">What they will be asked to run.</param>
    /// <param name="threads">How many, the caller's included.</param>
    /// <param name="scratch">Private memory, <paramref name="scratchBytes"/> for each thread.</param>
    /// <param name="scratchBytes">Bytes for each.</param>
    public WorkerTeam(Kernel[] kernels, int threads, byte* scratch, long scratchBytes)
    {
        _kernels = kernels;
        _scratch = scratch;
        _scratchBytes = (nint)scratchBytes;
        _shared.Ticket = Idle;
        _wake = new AutoResetEvent[threads - 1];
        _threads = new Thread[threads - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            _wake[i] = new AutoResetEvent(initialState: false);
        }
        for (var i = 0; i < _threads.Length; i++)
        {
            var worker = i + 1;
            _threads[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"simd {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>How many threads sleep.</summary>
    public int Asleep => Volatile.Read(ref _shared.Asleep);

    // A ticket is a kernel's index above and its next chunk below; a kernel that does not exist has no chunks.
    private long Idle => (long)_kernels.Length << 32;

    /// <summary>Runs a kernel with the help of the team; back when all of it is done.</summary>
    public void Run(int kernel)
    {
        var chunks = _kernels[kernel].Chunks;
        Volatile.Write(ref _shared.Done, 0);
        Interlocked.Exchange(ref _shared.Ticket, (long)kernel << 32);               // a fence: seen before we look who sleeps
        if (Volatile.Read(ref _shared.Asleep) > 0) { Wake(); }
        Help(0);
        var spins = 0;
        while (Volatile.Read(ref _shared.Done) < chunks) { Wait(ref spins); }
    }

    /// <summary>Tells the team that no more kernels come for now.</summary>
    public void Rest() => Volatile.Write(ref _shared.Ticket, Idle);

    /// <summary>Wakes sleeping threads ahead of work.</summary>
    public void Wake()
    {
        foreach (var wake in _wake) { wake.Set(); }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping = true;
        Wake();
        foreach (var thread in _threads) { thread.Join(); }
        foreach (var wake in _wake) { wake.Dispose(); }
    }

    // Takes chunks until there are none. Kernels follow one another only when all chunks are done, so a ticket never outlives its kernel.
    private bool Help(int worker)
    {
        var helped = false;
        while (true)
        {
            var seen = Volatile.Read(ref _shared.Ticket);
            if (!HasChunk(seen)) { return helped; }
            var taken = Interlocked.Increment(ref _shared.Ticket) - 1;
            if (!HasChunk(taken)) { return helped; }
            helped = true;
            _kernels[taken >> 32].Run((int)taken, _scratch + (worker * _scratchBytes));
            Interlocked.Increment(ref _shared.Done);
        }
    }

    private bool HasChunk(long ticket)
    {
        var kernel = (int)(ticket >> 32);
        return kernel < _kernels.Length && (int)ticket < _kernels[kernel].Chunks;
    }

    private void Work(int worker)
    {
        var spins = 0;
        while (!_stopping)
        {
            if (Help(worker)) { spins = 0; continue; }
            if (spins < SpinsBeforeYield + YieldsBeforeSleep)
            {
                Wait(ref spins);
                continue;
            }
            Interlocked.Increment(ref _shared.Asleep);
            if (!HasChunk(Volatile.Read(ref _shared.Ticket)) && !_stopping) { _wake[worker - 1].WaitOne(); }
            Interlocked.Decrement(ref _shared.Asleep);
            spins = 0;
        }
    }

    // First the processor's own pause; on a crowded machine the other thread needs the processor to get on, so then give it up.
    private static void Wait(ref int spins)
    {
        if (spins++ < SpinsBeforeYield) { Thread.SpinWait(8); }
        else { Thread.Yield(); }
    }

    // Each on a cache line of its own.
    [StructLayout(LayoutKind.Explicit, Size = 320)]
    private struct Shared
    {
        [FieldOffset(64)]
        public long Ticket;

        [FieldOffset(128)]
        public int Done;

        [FieldOffset(192)]
        public int Asleep;
    }
}
