using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Benchmarks;

/// <summary>
/// Exponentials of 4096 numbers on one thread: the platform's, the runtime's in vectors, and our own, which has the same bytes everywhere.
/// </summary>
[MemoryDiagnoser]
public class ExpBenchmarks
{
    private const int Count = 4096;

    private readonly float[] _x = KernelSession.Numbers(Count, "x");
    private readonly float[] _y = new float[Count];
    private ISession? _session;

    [GlobalSetup]
    public void Setup()
    {
        var x = Value.Input("x", TensorType.Float32([Count]));
        _session = KernelSession.Of(Graph.Of("exp", [x], [new("y", x.Exp())]));
    }

    [GlobalCleanup]
    public void Cleanup() => _session?.Dispose();

    [Benchmark(Baseline = true)]
    public void PlainLoop()
    {
        for (var i = 0; i < _x.Length; i++) { _y[i] = MathF.Exp(_x[i]); }
    }

    [Benchmark]
    public void RuntimeVectors()
    {
        for (var i = 0; i < Count; i += 16) { Vector512.Exp(Vector512.Create(_x, i)).CopyTo(_y, i); }
    }

    [Benchmark]
    public void Engine() => _session!.Run();                                                  // set in Setup
}
