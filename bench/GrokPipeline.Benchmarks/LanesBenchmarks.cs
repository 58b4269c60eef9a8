using BenchmarkDotNet.Attributes;

namespace GrokPipeline.Benchmarks;

/// <summary>A sum in the order of 16 lanes, against a sum from left to right.</summary>
[MemoryDiagnoser]
public class LanesBenchmarks
{
    private readonly float[] _numbers = new float[4096];

    [GlobalSetup]
    public void Setup()
    {
        var stream = new Seed(1).Stream();
        foreach (ref var x in _numbers.AsSpan()) { x = (float)stream.NextNormal(); }
    }

    [Benchmark(Baseline = true)]
    public float PlainLoop()
    {
        var sum = 0f;
        foreach (var x in _numbers) { sum += x; }
        return sum;
    }

    [Benchmark]
    public float SixteenLanes() => Lanes.Sum(_numbers);

    [Benchmark]
    public float SixteenLanesOfSquares() => Lanes.SumOfSquares(_numbers);
}
