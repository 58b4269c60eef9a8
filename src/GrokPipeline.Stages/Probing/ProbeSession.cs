using GrokPipeline.Evaluation;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Probes;
using GrokPipeline.Stages.Exports;
using GrokPipeline.Stages.Running;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Probing;

/// <summary>Runs probes on checkpoints of one experiment; activations come from ONNX Runtime, for each checkpoint and name once.</summary>
internal sealed class ProbeSession(
    ExperimentSetting setting, Table rows, IReadOnlyDictionary<string, Tensor> initial, int threads) : IDisposable
{
    private readonly Dictionary<IReadOnlyDictionary<string, Tensor>, Dictionary<string, Activation>> _known = [];

    /// <summary>What a probe finds in a checkpoint.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="parameters">The checkpoint's parameters.</param>
    /// <param name="seed">Root of splits, shuffles and controls.</param>
    public IEnumerable<ProbeFinding> Run(Probes.Probe probe, IReadOnlyDictionary<string, Tensor> parameters, Seed seed) =>
        probe.Run(new ProbeContext
        {
            Parameters = parameters,
            InitialParameters = initial,
            Facts = setting.Facts,
            Rows = rows,
            Activation = name => Of(parameters, name),
            InitialActivation = name => Of(initial, name),
            Seed = seed.Derive($"probe/{probe.Kind}"),
        });

    /// <inheritdoc/>
    public void Dispose() => _known.Clear();

    private Activation Of(IReadOnlyDictionary<string, Tensor> parameters, string name)
    {
        if (!_known.TryGetValue(parameters, out var activations)) { _known[parameters] = activations = new(StringComparer.Ordinal); }
        if (activations.TryGetValue(name, out var known)) { return known; }
        var model = setting.Model;
        const int batch = 2;
        var value = model.Build(batch).Activations().FirstOrDefault(value => value.Name == name) ?? throw Unknown(name);
        var file = ExportedFile.Write(
            model, setting.Experiment.Name, parameters, OnnxMetadata.Empty, setting.Experiment.Options.Export.Opset);
        using ISession session = setting.Tools.Open(OnnxEdit.WithOutputs(file, [name]), threads);
        var row = value.Shape.Without(0);
        return activations[name] = new Activation(row.Count, Batches.Run(session, model.InputName, name, rows, setting.Facts, row));
    }

    private GrokException Unknown(string name)
    {
        var names = setting.Model.Build(2).Activations().Select(value => value.Name!).ToArray();         // not null: activations are named
        return new GrokException(
            $"the model has no activation named '{name}'.{Spelling.Suggestion(name, names)}", $"Use one of: {string.Join(", ", names)}.");
    }
}
