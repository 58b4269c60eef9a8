using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Running;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Stages.Exports;

/// <summary>A file that was written and checked.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Form">How it is fed.</param>
/// <param name="Activations">True when it gives out activations too.</param>
/// <param name="Bytes">The file.</param>
/// <param name="Parity">How it compares with the training engine.</param>
internal sealed record WrittenModel(string Name, ModelForm Form, bool Activations, byte[] Bytes, ParityResult Parity);

/// <summary>
/// Turns checkpoints of one experiment into ONNX files, each checked in ONNX Runtime against the training engine. The same options give
/// the same bytes, in a run of a pipeline and outside of one.
/// </summary>
internal sealed class CheckpointExporter : IDisposable
{
    private readonly ExperimentSetting _setting;
    private readonly ExportOptions _options;
    private readonly int _threads;
    private readonly Provenance _provenance;
    private readonly VerificationRows _rows;
    private readonly ImmutableArray<string> _activations;
    private readonly Dictionary<(ModelForm Form, bool Activations), Parity> _parity = [];

    /// <summary>Prepares; nothing is computed yet.</summary>
    /// <param name="setting">The experiment, its training and data there.</param>
    /// <param name="options">What is written; the experiment's own options, or others in their place.</param>
    /// <param name="threads">Threads of the training engine; 0 for one per processor.</param>
    public CheckpointExporter(ExperimentSetting setting, ExportOptions options, int threads)
    {
        (_setting, _options, _threads) = (setting, options, threads);
        _provenance = new Provenance(setting);
        _rows = new VerificationRows(setting, options.Verify.Rows);
        _activations = options.ActivationsOf(setting.Model);
    }

    /// <summary>The name of a step's file in a form, with or without activations.</summary>
    public static string FileOf(long step, ModelForm form, bool activations = false) =>
        RunLayout.StepName(step) + (form == ModelForm.Plain ? "" : $".{Configuration.OptionTypes.SnakeCase(form.ToString())}")
        + (activations ? ".activations.onnx" : ".onnx");

    /// <summary>
    /// The files of a checkpoint, one for each form that is asked for, and beside each the same with activations when those are asked for.
    /// </summary>
    /// <exception cref="GrokException">It cannot be written, or differs from the training engine.</exception>
    public IEnumerable<WrittenModel> Export(long step, IReadOnlyCollection<string> marks)
    {
        var checkpoint = Path.Combine(_setting.Root, Train.Checkpoints, RunLayout.StepName(step));
        var content = StoredCheckpoint.Read(checkpoint, _setting.Workspace.Display);
        var properties = _provenance.Of(step, marks, checkpoint, content.Metadata);
        foreach (var form in _options.Inputs.Distinct())
        {
            foreach (var activations in (bool[])(_activations.IsEmpty ? [false] : [false, true]))
            {
                var name = FileOf(step, form, activations);
                yield return At(name, () => Write(step, (form, activations), name, content.Tensors, properties));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parity in _parity.Values) { parity.Dispose(); }
    }

    private WrittenModel Write(
        long step, (ModelForm Form, bool Activations) kind, string name, IReadOnlyDictionary<string, Tensor> parameters,
        Dictionary<string, string> properties)
    {
        var metadata = OnnxMetadata.Empty with
        {
            Producer = "grokpipe",
            ProducerVersion = _setting.Tools.Version,
            Doc = string.Create(CultureInfo.InvariantCulture, $"{_setting.Experiment.Name} at step {step}"),
            Properties = properties,
        };
        var file = ExportedFile.Write(batch => Build(kind, batch), parameters, metadata, _options.Opset);
        // One thread: the same bits each time.
        ISession Open(ReadOnlyMemory<byte> bytes) => _setting.Tools.Open(bytes, 1);
        var parity = ParityOf(kind).Compare(parameters, file, Open);
        ParityRules.Check(parity, step, _options.Verify.Tolerance);
        if (kind.Form == ModelForm.Application && !_setting.Facts.IsReal) { AnswerRules.Check(file, Open, _rows.Of(kind.Form)); }
        return new(name, kind.Form, kind.Activations, OnnxEdit.WithMetadata(file, parity.ToProperties()), parity);
    }

    private Graphs.Graph Build((ModelForm Form, bool Activations) kind, int batch) => ModelForms.Build(
        _setting.Model, _setting.Facts, kind.Form, _setting.Experiment.Name, batch, kind.Activations ? _activations : []);

    private Parity ParityOf((ModelForm Form, bool Activations) kind)
    {
        if (_parity.TryGetValue(kind, out var known)) { return known; }
        var engine = _setting.Tools.Engine(_setting.Experiment.Options.Train.Engine);
        return _parity[kind] = new Parity(
            batch => Build(kind, batch), graph => engine.Compile(graph, new CompileOptions { Threads = _threads }), _rows.Of(kind.Form));
    }

    private static T At<T>(string file, Func<T> make)
    {
        try { return make(); }
        catch (GrokException error)
        {
            throw new GrokException($"{file}: {error.Problem}", error.Remedy, error.Where, error.Kind, error);
        }
    }
}
