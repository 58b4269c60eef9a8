using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Probes;
using GrokPipeline.Tests.Training;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using Activation = GrokPipeline.Training.Layers.Activation;

namespace GrokPipeline.Tests.Probes;

/// <summary>A network of 53 parameters, at two sets of values, and its loss in double precision by another way than probes go.</summary>
internal sealed class TinyNetwork : IDisposable
{
    private readonly ModelGraph _forward;
    private readonly ISession _session;
    private readonly Tensor _labels;
    private readonly Tensor _input;

    public TinyNetwork()
    {
        var data = Small.Modular(5);
        var model = new Mlp(new MlpOptions { Hidden = [3], Activation = Activation.Tanh }, data.Facts);
        var table = data.Splits["train"];
        Rows = [.. Enumerable.Range(0, 8)];
        Context = new ProbeContext
        {
            Checkpoint = new MadeUp(7, new(model.Initialize(new Seed(2))), []),
            Trajectory = [new MadeUp(0, new(model.Initialize(new Seed(1))), [])],
            Facts = data.Facts,
            Rows = table,
            Splits = [new("train", 0, table.Rows)],
            Model = model,
            Compile = Small.Reference,
            Seed = new Seed(5),
        };
        _forward = model.Build(Rows.Length);
        var target = Value.Input("target", TensorType.Int64([Rows.Length]));
        var loss = new CrossEntropy().Of(_forward.Logits, target);
        var graph = Graph.Of(
            "tiny", [.. _forward.Parameters, _forward.Input, target],
            [
                new("loss", loss), new("sums", _forward.Logits.Sum([1])),
                .. _forward.Parameters.Zip(Gradients.Of(loss, _forward.Parameters), (p, g) => new GraphOutput($"g.{p.Name}", g)),
            ]);
        _session = new ReferenceEngine(ElementType.Float64).Compile(graph, new CompileOptions());
        (_labels, _input) = (new Tensor(target.Type), new Tensor(_forward.Input.Type));
        RowEncoding.Target(table, data.Facts, Rows, _labels);
        RowEncoding.Input(model.InputName, table, data.Facts, Rows, _input);
        Size = _forward.Parameters.Sum(p => p.Shape.Count);
        Classes = data.Facts.Classes;
    }

    public ProbeContext Context { get; }

    public int[] Rows { get; }

    public int Size { get; }

    public int Classes { get; }

    /// <summary>The gradient with parameter number <paramref name="index"/> moved by <paramref name="by"/>.</summary>
    public double[] Gradient(int index, double by)
    {
        Run(index, by);
        return [.. _forward.Parameters.SelectMany(p => Read($"g.{p.Name}", p.Shape))];
    }

    /// <summary>Σ logits of each row, the same parameter moved.</summary>
    public double[] SummedLogits(int index, double by)
    {
        Run(index, by);
        return Read("sums", [Rows.Length]);
    }

    public double Loss()
    {
        Run(0, 0);
        return Read("loss", []).Single();
    }

    public void Dispose() => _session.Dispose();

    private double[] Read(string name, TensorShape shape)
    {
        var tensor = new Tensor(new(ElementType.Float64, shape));
        _session.Read(name, tensor);
        return tensor.AsSpan<double>().ToArray();
    }

    private void Run(int index, double by)
    {
        foreach (var parameter in _forward.Parameters)
        {
            var values = Context.Checkpoint.Parameters[parameter.Name!].AsSpan<float>().ToArray().Select(v => (double)v).ToArray();
            if (index >= 0 && index < values.Length) { values[index] += by; }
            index -= values.Length;
            _session.Write(parameter.Name!, Tensor.Of<double>(parameter.Shape, values));
        }
        _session.Write(_forward.Input.Name!, _input);
        _session.Write("target", _labels);
        _session.Run();
    }
}
