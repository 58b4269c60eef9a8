using BenchmarkDotNet.Attributes;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Benchmarks;

/// <summary>2048 rows of 128 out of a table of 99 on one thread, against a loop of span copies.</summary>
[MemoryDiagnoser]
public class GatherBenchmarks
{
    private const int Rows = 99;
    private const int Width = 128;
    private const int Count = 2048;

    private readonly float[] _table = KernelSession.Numbers(Rows * Width, "table");
    private readonly long[] _indices = KernelSession.Indices(Count, Rows);
    private readonly float[] _result = new float[Count * Width];
    private ISession? _session;

    [GlobalSetup]
    public void Setup()
    {
        var table = Value.Input("table", TensorType.Float32([Rows, Width]));
        var indices = Value.Input("indices", TensorType.Int64([Count]));
        _session = KernelSession.Of(Graph.Of("gather", [table, indices], [new("rows", table.Gather(indices))]));
        _session.Write("indices", Tensor.Of<long>([Count], _indices));
    }

    [GlobalCleanup]
    public void Cleanup() => _session?.Dispose();

    [Benchmark(Baseline = true)]
    public void SpanCopies()
    {
        for (var i = 0; i < Count; i++)
        {
            _table.AsSpan((int)_indices[i] * Width, Width).CopyTo(_result.AsSpan(i * Width, Width));
        }
    }

    [Benchmark]
    public void Engine() => _session!.Run();                                                  // set in Setup
}
