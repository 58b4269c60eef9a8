using GrokPipeline.Evaluation;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Probes;
using GrokPipeline.Stages.Exports;
using GrokPipeline.Stages.Running;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Probing;

/// <summary>
/// A checkpoint of a run. Parameters are read when they are first asked for; activations come from ONNX Runtime, from the exported graph
/// with those activations as outputs.
/// </summary>
/// <param name="setting">Model, dataset and tools.</param>
/// <param name="rows">The rows that activations are taken of.</param>
/// <param name="step">Its step.</param>
/// <param name="read">Reads its parameters.</param>
/// <param name="wanted">Activations that probes say they read: computed together.</param>
/// <param name="threads">Threads of ONNX Runtime; 0 for one per processor.</param>
internal sealed class RunCheckpoint(
    ExperimentSetting setting, Table rows, long step, Func<IReadOnlyDictionary<string, Tensor>> read, IReadOnlyCollection<string> wanted,
    int threads) : ProbedCheckpoint
{
    private readonly Dictionary<string, Activation> _known = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, Tensor>? _parameters;

    /// <inheritdoc/>
    public override long Step => step;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> Parameters => _parameters ??= read();

    /// <inheritdoc/>
    public override Activation Activation(string name)
    {
        if (_known.TryGetValue(name, out var known)) { return known; }
        if (!wanted.Contains(name)) { Compute([name]); }
        else { Compute([.. wanted.Where(other => !_known.ContainsKey(other))]); }
        return _known[name];
    }

    /// <summary>Lets go of parameters and activations; they are made again when asked for.</summary>
    public void Forget()
    {
        _known.Clear();
        _parameters = null;
    }

    private void Compute(string[] names)
    {
        var model = setting.Model;
        const int batch = 2;
        var built = model.Build(batch);
        var values = built.Activations().Append(built.Logits).ToDictionary(value => value.Name!, StringComparer.Ordinal);  // all are named
        var outputs = names.Select(name => (name, values.TryGetValue(name, out var value) ? value.Shape.Without(0) : throw Unknown(name, values)))
            .ToArray();
        var file = ExportedFile.Write(
            model, setting.Experiment.Name, Parameters, OnnxMetadata.Empty, setting.Experiment.Options.Export.Opset);
        using ISession session = setting.Tools.Open(OnnxEdit.WithOutputs(file, names), threads);
        var results = Batches.Run(session, model.InputName, outputs, rows, setting.Facts);
        for (var i = 0; i < names.Length; i++) { _known[names[i]] = new Activation(outputs[i].Item2, results[i]); }
    }

    private static GrokException Unknown(string name, Dictionary<string, Value> values) => new(
        $"the model has no activation named '{name}'.{Spelling.Suggestion(name, values.Keys)}",
        $"Use one of: {string.Join(", ", values.Keys)}.");
}
