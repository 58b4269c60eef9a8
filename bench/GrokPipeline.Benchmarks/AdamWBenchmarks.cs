using BenchmarkDotNet.Attributes;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Benchmarks;

/// <summary>A step of AdamW for one weight of 512 x 128 on one thread, new state over old, against a plain loop.</summary>
[MemoryDiagnoser]
public class AdamWBenchmarks
{
    private const int Count = 512 * 128;
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.98f;

    private readonly float[] _theta = KernelSession.Numbers(Count, "theta");
    private readonly float[] _gradient = KernelSession.Numbers(Count, "gradient");
    private readonly float[] _m = new float[Count];
    private readonly float[] _v = new float[Count];
    private ISession? _session;

    [GlobalSetup]
    public void Setup()
    {
        var type = TensorType.Float32([512, 128]);
        var (theta, gradient) = (Value.Input("theta", type), Value.Input("gradient", type));
        var (rate, decay) = (Value.Input("learning_rate", TensorType.Float32([])), Value.Input("weight_decay", TensorType.Float32([])));
        var chain = new AdamW(new AdamWOptions()).Build(new StepInputs(
            new ParameterSpec("theta", type.Shape, default), name => name == "weight_decay" ? decay : rate, new FedInputs()));
        var slots = chain.Slots.Select(slot => Value.Input(slot, type)).ToArray();
        var scalars = chain.Scalars.Select(scalar => Value.Input(scalar.Name, TensorType.Float32([]))).ToArray();
        var next = chain.Scalars.Zip(scalars, (scalar, before) => scalar.Next(before)).ToArray();
        var change = chain.Apply(gradient, theta, slots, next);
        Value[] before = [theta, .. slots, .. scalars];
        Value[] after = [theta + change.Update, .. change.Slots, .. next];
        var carried = before.Zip(after, (from, to) => (Output: new GraphOutput($"{from.Name}'", to), Input: from.Name!)).ToArray();
        _session = KernelSession.Of(Graph.Of(
            "adamw", [.. before, gradient, rate, decay], [.. carried.Select(pair => pair.Output)],
            carried.Select(pair => new CarriedPair(pair.Output.Name, pair.Input))));
        // State is 0 at first; settings are those of a training.
        foreach (var slot in slots) { _session.Write(slot.Name!, new Tensor(type)); }         // inputs have names
        foreach (var scalar in scalars) { _session.Write(scalar.Name!, Tensor.Scalar(0f)); }
        _session.Write("learning_rate", Tensor.Scalar(1e-3f));
        _session.Write("weight_decay", Tensor.Scalar(1f));
    }

    [GlobalCleanup]
    public void Cleanup() => _session?.Dispose();

    [Benchmark(Baseline = true)]
    public void PlainLoop()
    {
        for (var i = 0; i < Count; i++)
        {
            var g = _gradient[i];
            var m = _m[i] = (Beta1 * _m[i]) + ((1 - Beta1) * g);
            var v = _v[i] = (Beta2 * _v[i]) + ((1 - Beta2) * g * g);
            // Corrections as late in a training.
            _theta[i] -= 1e-3f * ((m / (MathF.Sqrt(v) + 1e-8f)) + _theta[i]);
        }
    }

    [Benchmark]
    public void Engine() => _session!.Run();                                                  // set in Setup
}
