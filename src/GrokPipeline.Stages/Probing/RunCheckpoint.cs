using GrokPipeline.Onnx;
using GrokPipeline.Stages.Exports;
using GrokPipeline.Stages.Running;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Probing;

/// <summary>A checkpoint of a run. Parameters are read when they are first asked for.</summary>
/// <param name="setting">Model, dataset and tools.</param>
/// <param name="rows">The rows that activations are taken of.</param>
/// <param name="step">Its step.</param>
/// <param name="read">Reads its parameters.</param>
/// <param name="threads">Threads of ONNX Runtime; 0 for one per processor.</param>
internal sealed class RunCheckpoint(
    ExperimentSetting setting, Table rows, long step, Func<IReadOnlyDictionary<string, Tensor>> read, int threads)
    : FileCheckpoint(setting.Tools, setting.Facts, rows, threads)
{
    private const int Rows = 2;                               // any number: shapes are looked at without it

    private IReadOnlyDictionary<string, Tensor>? _parameters;

    /// <inheritdoc/>
    public override long Step => step;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> Parameters => _parameters ??= read();

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Name, TensorShape Row)> Shapes => field ??= ShapesOf(setting);

    /// <inheritdoc/>
    protected override string InputName => setting.Model.InputName;

    /// <summary>The activations of an experiment's model, in the order of computation, with the shape of one row's part.</summary>
    public static IReadOnlyList<(string Name, TensorShape Row)> ShapesOf(ExperimentSetting setting)
    {
        var built = setting.Model.Build(Rows);
        return [.. built.Activations().Append(built.Logits).Select(value => (value.Name!, value.Shape.Without(0)))];   // all are named
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Name, TensorShape Row)> Besides =>
        field ??= [.. setting.Model.Build(Rows).Probes.Select(probe => (probe.Name, probe.Build().Shape.Without(0)))];

    /// <summary>Lets go of parameters and activations; they are made again when asked for.</summary>
    public void Forget()
    {
        ForgetActivations();
        _parameters = null;
    }

    /// <inheritdoc/>
    protected override byte[] File(IReadOnlyList<string> names)
    {
        string[] besides = [.. names.Intersect(Besides.Select(shape => shape.Name))];
        return ExportedFile.Write(
            batch => setting.Model.Build(batch).ToGraph(setting.Experiment.Name, besides), Parameters, OnnxMetadata.Empty,
            setting.Experiment.Options.Export.Opset);
    }
}
