using BenchmarkDotNet.Attributes;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Benchmarks;

/// <summary>A matrix product of the decoder's size on one thread, against three plain loops.</summary>
[MemoryDiagnoser]
public class ProductBenchmarks
{
    private const int Rows = 512;
    private const int Depth = 128;
    private const int Columns = 512;

    private readonly float[] _a = new float[Rows * Depth];
    private readonly float[] _b = new float[Depth * Columns];
    private readonly float[] _c = new float[Rows * Columns];
    private ISession? _session;

    [GlobalSetup]
    public void Setup()
    {
        var stream = new Seed(1).Stream();
        foreach (ref var x in _a.AsSpan()) { x = (float)stream.NextNormal(); }
        foreach (ref var x in _b.AsSpan()) { x = (float)stream.NextNormal(); }
        var a = Value.Input("a", TensorType.Float32([Rows, Depth]));
        var b = Value.Input("b", TensorType.Float32([Depth, Columns]));
        _session = new SimdEngine().Compile(Graph.Of("product", [a, b], [new("c", a.MatMul(b))]), new CompileOptions { Threads = 1 });
        _session.Write("a", Tensor.Of<float>([Rows, Depth], _a));
        _session.Write("b", Tensor.Of<float>([Depth, Columns], _b));
    }

    [GlobalCleanup]
    public void Cleanup() => _session?.Dispose();

    [Benchmark(Baseline = true)]
    public float PlainLoops()
    {
        Array.Clear(_c);
        for (var i = 0; i < Rows; i++)
        {
            for (var k = 0; k < Depth; k++)
            {
                var x = _a[(i * Depth) + k];
                var (from, to) = (k * Columns, i * Columns);
                for (var j = 0; j < Columns; j++) { _c[to + j] += x * _b[from + j]; }
            }
        }
        return _c[0];
    }

    [Benchmark]
    public void PackedTiles() => _session!.Run();                                             // set in Setup
}
