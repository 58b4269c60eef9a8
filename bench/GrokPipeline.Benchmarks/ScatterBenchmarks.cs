using BenchmarkDotNet.Attributes;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Benchmarks;

/// <summary>2048 rows of 128 added into a table of 99 on one thread, against plain loops: the gradient of an embedding.</summary>
[MemoryDiagnoser]
public class ScatterBenchmarks
{
    private const int Rows = 99;
    private const int Width = 128;
    private const int Count = 2048;

    private readonly float[] _updates = KernelSession.Numbers(Count * Width, "updates");
    private readonly long[] _indices = KernelSession.Indices(Count, Rows);
    private readonly float[] _result = new float[Rows * Width];
    private ISession? _session;

    [GlobalSetup]
    public void Setup()
    {
        var table = Value.Input("table", TensorType.Float32([Rows, Width]));
        var indices = Value.Input("indices", TensorType.Int64([Count]));
        var updates = Value.Input("updates", TensorType.Float32([Count, Width]));
        var sums = table.ScatterAdd(indices, updates);
        _session = KernelSession.Of(Graph.Of("scatter", [table, indices, updates], [new("sums", sums)]));
        _session.Write("indices", Tensor.Of<long>([Count], _indices));
    }

    [GlobalCleanup]
    public void Cleanup() => _session?.Dispose();

    [Benchmark(Baseline = true)]
    public void PlainLoops()
    {
        Array.Clear(_result);
        for (var i = 0; i < Count; i++)
        {
            var to = _result.AsSpan((int)_indices[i] * Width, Width);
            for (var j = 0; j < to.Length; j++) { to[j] += _updates[(i * Width) + j]; }
        }
    }

    [Benchmark]
    public void Engine() => _session!.Run();                                                  // set in Setup
}
