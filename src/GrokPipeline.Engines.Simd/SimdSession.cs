using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using GrokPipeline.Engines.Simd.Kernels;
using GrokPipeline.Engines.Simd.Planning;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;

namespace GrokPipeline.Engines.Simd;

/// <summary>A plan with its memory and its threads. A run allocates nothing.</summary>
internal sealed unsafe class SimdSession : ISession
{
    private readonly Plan _plan;
    private readonly Graph _graph;
    private readonly Dictionary<string, TensorType> _inputTypes;
    private readonly Dictionary<string, TensorType> _outputTypes;
    private readonly Kernel[] _kernels;
    private readonly WorkerTeam? _team;
    private readonly byte* _scratch;
    private byte* _memory;

    /// <summary>Takes the memory and starts the threads; more threads than any kernel has chunks are not started.</summary>
    /// <exception cref="GrokException">The memory is not to be had.</exception>
    public SimdSession(Plan plan, Graph graph, int threads)
    {
        (_plan, _graph, _kernels) = (plan, graph, plan.Kernels);
        _inputTypes = graph.Inputs.ToDictionary(input => input.Name!, input => input.Type, StringComparer.Ordinal);   // inputs have names
        _outputTypes = graph.Outputs.ToDictionary(output => output.Name, output => output.Value.Type, StringComparer.Ordinal);
        threads = Math.Min(threads, _kernels.Select(kernel => kernel.Chunks).DefaultIfEmpty(1).Max());
        var bytes = checked((nuint)(plan.Bytes + (plan.ScratchBytes * threads) + 64));
        _memory = Allocate(bytes);
        _scratch = _memory + plan.Bytes;
        foreach (var slot in Slots()) { slot.Address += (nint)_memory; }
        foreach (var (slot, node) in plan.Constants) { Fill(slot, node); }
        if (threads > 1) { _team = new WorkerTeam(_kernels, threads, _scratch, plan.ScratchBytes); }
    }

    /// <summary>The kernels, in the order in which they run.</summary>
    public IReadOnlyList<Kernel> Kernels => _kernels;

    /// <summary>Bytes of inputs, constants, results and what lies between them, without the threads' scratch.</summary>
    public long MemoryBytes => _plan.Bytes;

    /// <summary>How many of its threads sleep.</summary>
    public int Asleep => _team?.Asleep ?? 0;

    /// <inheritdoc/>
    public void Write(string input, Tensor value)
    {
        ObjectDisposedException.ThrowIf(_memory == null, this);
        if (!_inputTypes.TryGetValue(input, out var type)) { throw PortErrors.NoSuchInput(_graph, input); }
        if (type != value.Type) { throw PortErrors.WrongType(_graph, input, type, value.Type); }
        value.Bytes.CopyTo(new Span<byte>((void*)_plan.Inputs[input].Address, value.Bytes.Length));
    }

    /// <inheritdoc/>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(_memory == null, this);
        for (var i = 0; i < _kernels.Length; i++) { Run(i); }
        Finish();
    }

    /// <summary>A run that tells how long each kernel took, in microseconds.</summary>
    public void RunTimed(Action<int, double> tell)
    {
        ObjectDisposedException.ThrowIf(_memory == null, this);
        for (var i = 0; i < _kernels.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            Run(i);
            tell(i, (Stopwatch.GetTimestamp() - start) * 1e6 / Stopwatch.Frequency);   // finer than a TimeSpan
        }
        Finish();
    }

    /// <inheritdoc/>
    public void Read(string name, Tensor destination)
    {
        ObjectDisposedException.ThrowIf(_memory == null, this);
        if (!_outputTypes.TryGetValue(name, out var type) && !_inputTypes.TryGetValue(name, out type))
        {
            throw PortErrors.NoSuchName(_graph, name);
        }
        if (type != destination.Type) { throw PortErrors.WrongType(_graph, name, type, destination.Type); }
        var slot = _outputTypes.ContainsKey(name) ? _plan.Outputs[name] : _plan.Inputs[name];
        new ReadOnlySpan<byte>((void*)slot.Address, destination.Bytes.Length).CopyTo(destination.Bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_memory == null) { return; }
        _team?.Dispose();
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }

    private void Run(int index)
    {
        var kernel = _kernels[index];
        if (kernel.Chunks == 1) { kernel.Run(0, _scratch); }
        else if (_team is { } team) { team.Run(index); }
        else
        {
            for (var chunk = 0; chunk < kernel.Chunks; chunk++) { kernel.Run(chunk, _scratch); }
        }
    }

    private void Finish()
    {
        _team?.Rest();
        foreach (var (from, to) in _plan.Commits) { Buffer.MemoryCopy((void*)from.Address, (void*)to.Address, to.Bytes, from.Bytes); }
        _plan.Fault.Check();
    }

    private HashSet<Slot> Slots() =>
        [
            .. _plan.Inputs.Values, .. _plan.Outputs.Values, .. _plan.Constants.Select(pair => pair.Slot),
            .. _kernels.SelectMany(kernel => kernel.Writes.Concat(kernel.Reads)),
        ];

    private static byte* Allocate(nuint bytes)
    {
        var available = (nuint)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available) { throw Short(bytes, null); }
        try
        {
            var memory = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
            NativeMemory.Clear(memory, bytes);
            return memory;
        }
        catch (OutOfMemoryException cause)
        {
            throw Short(bytes, cause);
        }
    }

    private static GrokException Short(nuint bytes, Exception? cause) => new(
        $"The graph needs {((ulong)bytes).ToString("N0", CultureInfo.InvariantCulture)} bytes of memory, which the system does not have.",
        "Make the batch or the model smaller.", kind: ProblemKind.Resources, cause: cause);

    private static void Fill(Slot slot, Node node)
    {
        var to = new Span<byte>((void*)slot.Address, (int)slot.Bytes);
        if (node.Content is { } content)
        {
            content.Bytes.CopyTo(to);
            return;
        }
        switch (node.Element)
        {
            case ElementType.Float32: MemoryMarshal.Write(to, (float)node.Number); break;
            case ElementType.Int64: MemoryMarshal.Write(to, (long)node.Number); break;
            default: to[0] = (byte)(node.Number != 0 ? 1 : 0); break;
        }
    }
}
