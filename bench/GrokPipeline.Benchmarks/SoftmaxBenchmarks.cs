using BenchmarkDotNet.Attributes;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Benchmarks;

/// <summary>Softmax of 512 rows of 97 on one thread, against plain loops.</summary>
[MemoryDiagnoser]
public class SoftmaxBenchmarks
{
    private const int Rows = 512;
    private const int Columns = 97;

    private readonly float[] _x = KernelSession.Numbers(Rows * Columns, "x");
    private readonly float[] _y = new float[Rows * Columns];
    private ISession? _session;

    [GlobalSetup]
    public void Setup()
    {
        var x = Value.Input("x", TensorType.Float32([Rows, Columns]));
        _session = KernelSession.Of(Graph.Of("softmax", [x], [new("y", x.Softmax())]));
    }

    [GlobalCleanup]
    public void Cleanup() => _session?.Dispose();

    [Benchmark(Baseline = true)]
    public void PlainLoops()
    {
        for (var row = 0; row < Rows; row++)
        {
            var x = _x.AsSpan(row * Columns, Columns);
            var y = _y.AsSpan(row * Columns, Columns);
            var largest = float.NegativeInfinity;
            foreach (var number in x) { largest = MathF.Max(largest, number); }
            var sum = 0f;
            for (var i = 0; i < x.Length; i++) { sum += y[i] = MathF.Exp(x[i] - largest); }
            for (var i = 0; i < y.Length; i++) { y[i] /= sum; }
        }
    }

    [Benchmark]
    public void Engine() => _session!.Run();                                                  // set in Setup
}
