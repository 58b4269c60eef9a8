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
/// <param name="Bytes">The file.</param>
/// <param name="Parity">How it compares with the training engine.</param>
internal sealed record WrittenModel(string Name, ModelForm Form, byte[] Bytes, ParityResult Parity);

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
    private readonly Dictionary<ModelForm, Parity> _parity = [];

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

    /// <summary>The name of a step's file in a form.</summary>
    public static string FileOf(long step, ModelForm form) => form == ModelForm.Plain
        ? $"{RunLayout.StepName(step)}.onnx" : $"{RunLayout.StepName(step)}.{Configuration.OptionTypes.SnakeCase(form.ToString())}.onnx";

    /// <summary>The files of a checkpoint, one for each form that is asked for.</summary>
    /// <exception cref="GrokException">It cannot be written, or differs from the training engine.</exception>
    public IEnumerable<WrittenModel> Export(long step, IReadOnlyCollection<string> marks)
    {
        var checkpoint = Path.Combine(_setting.Root, Train.Checkpoints, RunLayout.StepName(step));
        var content = StoredCheckpoint.Read(checkpoint, _setting.Workspace.Display);
        var properties = _provenance.Of(step, marks, checkpoint, content.Metadata);
        foreach (var form in _options.Inputs.Distinct())
        {
            var name = FileOf(step, form);
            yield return At(name, () => Write(step, form, name, content.Tensors, properties));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parity in _parity.Values) { parity.Dispose(); }
    }

    private WrittenModel Write(
        long step, ModelForm form, string name, IReadOnlyDictionary<string, Tensor> parameters, Dictionary<string, string> properties)
    {
        var metadata = OnnxMetadata.Empty with
        {
            Producer = "grokpipe",
            ProducerVersion = _setting.Tools.Version,
            Doc = string.Create(CultureInfo.InvariantCulture, $"{_setting.Experiment.Name} at step {step}"),
            Properties = properties,
        };
        var file = ExportedFile.Write(batch => Build(form, batch), parameters, metadata, _options.Opset);
        // One thread: the same bits each time.
        ISession Open(ReadOnlyMemory<byte> bytes) => _setting.Tools.Open(bytes, 1);
        var parity = ParityOf(form).Compare(parameters, file, Open);
        ParityRules.Check(parity, step, _options.Verify.Tolerance);
        if (form == ModelForm.Application) { AnswerRules.Check(file, Open, _rows.Of(form)); }
        return new(name, form, OnnxEdit.WithMetadata(file, parity.ToProperties()), parity);
    }

    private Graphs.Graph Build(ModelForm form, int batch) =>
        ModelForms.Build(_setting.Model, _setting.Facts, form, _setting.Experiment.Name, batch, _activations);

    private Parity ParityOf(ModelForm form)
    {
        if (_parity.TryGetValue(form, out var known)) { return known; }
        var engine = _setting.Tools.Engine(_setting.Experiment.Options.Train.Engine);
        return _parity[form] = new Parity(
            batch => Build(form, batch), graph => engine.Compile(graph, new CompileOptions { Threads = _threads }), _rows.Of(form));
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
