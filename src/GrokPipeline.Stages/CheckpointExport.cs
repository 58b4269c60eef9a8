using System.Collections.Immutable;
using GrokPipeline.Stages.Exports;
using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Probing;
using GrokPipeline.Stages.Running;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Stages;

/// <summary>What to write of a finished experiment; what is null is as in the experiment's own options.</summary>
public sealed record OnnxExport
{
    /// <summary>Marks, <c>step:N</c>, <c>spread:N</c>, <c>marks</c> or <c>all</c>; those with a mark when there are none.</summary>
    public ImmutableArray<string> Checkpoints { get; init; } = [];

    /// <summary>ONNX operator set.</summary>
    public int? Opset { get; init; }

    /// <summary>How the files are fed, a file for each.</summary>
    public ImmutableArray<ModelForm>? Inputs { get; init; }

    /// <summary>Activations that the files give out: <c>all</c>, <c>none</c>, or names.</summary>
    public WordList? Activations { get; init; }
}

/// <summary>A file that was written.</summary>
/// <param name="Path">The file.</param>
/// <param name="Step">The checkpoint's step.</param>
/// <param name="Marks">Its marks; may be empty.</param>
/// <param name="Relative">The largest difference from the training engine, as a share of the value's scale; 0 where nothing was
/// computed.</param>
/// <param name="Worst">Where that was: <c>logits on swapped</c>; empty where nothing was computed.</param>
public sealed record ExportedPath(string Path, long Step, ImmutableArray<string> Marks, double Relative, string Worst);

/// <summary>Writing stored checkpoints for other programs, outside of a run.</summary>
public static class CheckpointExport
{
    /// <summary>Writes ONNX files, each checked against the training engine; the bytes are those of a run with these options.</summary>
    /// <param name="tools">Engines and store.</param>
    /// <param name="experiment">The experiment's folder.</param>
    /// <param name="export">What to write.</param>
    /// <param name="folder">Where; made if it is not there.</param>
    /// <exception cref="GrokException">
    /// Nothing is stored there, files changed, a checkpoint or activation is unknown, or a file differs from the training engine.
    /// </exception>
    public static ImmutableArray<ExportedPath> Onnx(PipelineTools tools, string experiment, OnnxExport export, string folder)
    {
        var (directory, setting) = OpenedExperiment.Open(tools, experiment);
        var metrics = Path.Combine(setting.Root, Train.Metrics);
        FinishedFolder.Check(metrics, setting.Workspace.Display(metrics));
        var own = setting.Experiment.Options.Export;
        var options = own with
        {
            Opset = export.Opset ?? own.Opset,
            Inputs = export.Inputs ?? own.Inputs,
            Activations = export.Activations ?? own.Activations,
        };
        // Files that are not scored need no plain one beside them.
        if (options.Problems().FirstOrDefault(problem => problem.Option != "inputs") is { Problem: { } wrong })
        {
            throw new GrokException(wrong, "");
        }
        var files = new DurableFile();
        files.CreateFolder(folder);
        var written = ImmutableArray.CreateBuilder<ExportedPath>();
        using var exporter = new CheckpointExporter(setting, options, 0);
        foreach (var (step, marks) in Chosen(directory, export.Checkpoints))
        {
            foreach (var model in exporter.Export(step, marks))
            {
                var path = Path.Combine(folder, model.Name);
                files.Replace(path, stream => stream.Write(model.Bytes), durable: false);
                var worst = model.Parity.Worst;
                written.Add(new(path, step, marks, worst.Relative, $"{worst.Name} on {worst.Distribution}"));
            }
        }
        return written.ToImmutable();
    }

    /// <summary>Writes safetensors files.</summary>
    /// <param name="tools">Engines and store.</param>
    /// <param name="experiment">The experiment's folder.</param>
    /// <param name="checkpoints">Marks, <c>step:N</c>, <c>spread:N</c>, <c>marks</c> or <c>all</c>; those with a mark when there are
    /// none.</param>
    /// <param name="torch">True: matrices as PyTorch has them (<see cref="TorchLayout"/>); false: as in the checkpoint.</param>
    /// <param name="folder">Where; made if it is not there.</param>
    /// <exception cref="GrokException">Nothing is stored there, files changed, or a checkpoint is unknown.</exception>
    public static ImmutableArray<ExportedPath> Weights(
        PipelineTools tools, string experiment, ImmutableArray<string> checkpoints, bool torch, string folder)
    {
        var (directory, setting) = OpenedExperiment.Open(tools, experiment);
        var files = new DurableFile();
        files.CreateFolder(folder);
        var written = ImmutableArray.CreateBuilder<ExportedPath>();
        foreach (var (step, marks) in Chosen(directory, checkpoints))
        {
            var content = directory.ReadCheckpoint($"step:{step}");
            // PyTorch's loaders ask for the format by this name.
            var metadata = content.Metadata.SetItem("layout", torch ? "torch" : "grokpipe").SetItem("format", "pt");
            var tensors = torch ? TorchLayout.Of(setting.Model, content.Tensors) : content.Tensors;
            var path = Path.Combine(folder, $"{RunLayout.StepName(step)}.safetensors");
            files.Replace(path, stream => Safetensors.Write(stream, tensors, metadata), durable: false);
            written.Add(new(path, step, marks, 0, ""));
        }
        return written.ToImmutable();
    }

    // Steps that some words mean, ascending, with all marks of each. A mark that was asked for by name must have happened.
    private static IEnumerable<(long Step, ImmutableArray<string> Marks)> Chosen(RunDirectory directory, ImmutableArray<string> words)
    {
        var marks = MarksFile.Read(Path.Combine(directory.Path, RunLayout.Checkpoints));
        var steps = (words.Length == 0 ? ["marks"] : words).SelectMany(word =>
            CheckpointChoice.IsWord(word) ? CheckpointChoice.Steps(word, marks) : [directory.StepOf(word)]);
        return steps.Distinct().Order().Select(step => (
            step, ImmutableArray.CreateRange(marks.Found.Where(mark => mark.Step == step).Select(mark => mark.Name))));
    }
}
