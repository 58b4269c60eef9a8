using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using GrokPipeline.Stages.Exports;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Probing;
using GrokPipeline.Stages.Running;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Stages;

/// <summary>What to write of a finished experiment; what is null is as in the experiment's own options.</summary>
public sealed record OnnxExport
{
    /// <summary>
    /// Marks, <c>step:N</c>, <c>spread:N</c>, <c>marks</c> or <c>all</c>; those of <c>export.models</c> when there are none.
    /// </summary>
    public ImmutableArray<string> Checkpoints { get; init; } = [];

    /// <summary>ONNX operator set.</summary>
    public int? Opset { get; init; }

    /// <summary>How the files are fed, a file for each.</summary>
    public ImmutableArray<ModelForm>? Inputs { get; init; }

    /// <summary>Activations that a further file beside each gives out: <c>all</c>, <c>none</c>, or names.</summary>
    public WordList? Activations { get; init; }

    /// <summary>Largest difference allowed, relative to the value's largest magnitude.</summary>
    public double? Tolerance { get; init; }

    /// <summary>Rows of each distribution that are compared, at most.</summary>
    public int? Rows { get; init; }
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
    /// <summary>
    /// Writes ONNX files, each checked against the training engine, and <c>parity.json</c>, every comparison of them; the bytes are those
    /// of a run with these options.
    /// </summary>
    /// <param name="tools">Engines and store.</param>
    /// <param name="experiment">The experiment's folder.</param>
    /// <param name="export">What to write.</param>
    /// <param name="folder">Where; made if it is not there.</param>
    /// <exception cref="GrokException">
    /// Nothing is stored there, files changed, a checkpoint or activation is unknown, no checkpoint was chosen, a file differs from the
    /// training engine, or the folder is a file.
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
            Verify = own.Verify with { Tolerance = export.Tolerance ?? own.Verify.Tolerance, Rows = export.Rows ?? own.Verify.Rows },
        };
        // Files that are not scored need no plain one beside them.
        var problems = options.Problems().Where(problem => problem.Option != "inputs").Concat(options.Verify.Problems());
        if (problems.FirstOrDefault() is { Problem: { } wrong })
        {
            throw new GrokException(wrong, "");
        }
        var chosen = Chosen(directory, export.Checkpoints, own);
        var place = ExportPlace.OfFolder(folder);
        var written = ImmutableArray.CreateBuilder<ExportedPath>();
        var entries = new JsonArray();
        using var exporter = new CheckpointExporter(setting, options, 0);
        foreach (var (step, marks) in chosen)
        {
            foreach (var model in exporter.Export(step, marks))
            {
                var path = place.Write(model.Name, stream => stream.Write(model.Bytes));
                var worst = model.Parity.Worst;
                written.Add(new(path, step, marks, worst.Relative, $"{worst.Name} on {worst.Distribution}"));
                entries.Add((JsonNode)ParityJson.Of(step, marks, model));
            }
        }
        var list = ParityJson.List(setting, options.Verify.Tolerance, entries).ToJsonString(JsonFiles.Indented) + "\n";
        place.Write(RunLayout.Parity, stream => stream.Write(Encoding.UTF8.GetBytes(list)));
        return written.ToImmutable();
    }

    /// <summary>Writes safetensors files.</summary>
    /// <param name="tools">Engines and store.</param>
    /// <param name="experiment">The experiment's folder.</param>
    /// <param name="checkpoints">Marks, <c>step:N</c>, <c>spread:N</c>, <c>marks</c> or <c>all</c>; those of
    /// <c>export.models</c> when there are none.</param>
    /// <param name="torch">True: matrices as PyTorch has them (<see cref="TorchLayout"/>); false: as in the checkpoint.</param>
    /// <param name="folder">Where; made if it is not there.</param>
    /// <exception cref="GrokException">Nothing is stored there, files changed, or a checkpoint is unknown.</exception>
    public static ImmutableArray<ExportedPath> Weights(
        PipelineTools tools, string experiment, ImmutableArray<string> checkpoints, bool torch, string folder)
    {
        var (directory, setting) = OpenedExperiment.Open(tools, experiment);
        var chosen = Chosen(directory, checkpoints, setting.Experiment.Options.Export);
        var place = ExportPlace.OfFolder(folder);
        var written = ImmutableArray.CreateBuilder<ExportedPath>();
        foreach (var (step, marks) in chosen)
        {
            var content = directory.ReadCheckpoint($"step:{step}");
            // PyTorch's loaders ask for the format by this name.
            var metadata = content.Metadata.SetItem("layout", torch ? "torch" : "grokpipe").SetItem("format", "pt");
            var tensors = torch ? TorchLayout.Of(setting.Model, content.Tensors) : content.Tensors;
            var path = place.Write(
                $"{RunLayout.StepName(step)}.safetensors", stream => Safetensors.Write(stream, tensors, metadata));
            written.Add(new(path, step, marks, 0, ""));
        }
        return written.ToImmutable();
    }

    // Steps that some words mean, ascending, with all marks of each. A mark that was asked for by name must have happened.
    private static IEnumerable<(long Step, ImmutableArray<string> Marks)> Chosen(
        RunDirectory directory, ImmutableArray<string> words, ExportOptions own)
    {
        var marks = MarksFile.Read(Path.Combine(directory.Path, RunLayout.Checkpoints));
        long[] steps = words.Length == 0 ? Export.Steps(own.Models, marks) : [.. words.SelectMany(word =>
            CheckpointChoice.IsWord(word) ? CheckpointChoice.Steps(word, marks) : [directory.StepOf(word)]).Distinct().Order()];
        return steps.Length > 0
            ? steps.Select(step => (
                step, ImmutableArray.CreateRange(marks.Found.Where(mark => mark.Step == step).Select(mark => mark.Name))))
            : throw new GrokException(
                $"no checkpoint is meant by '{(words.Length == 0 ? own.Models.ToString() : string.Join(", ", words))}'.",
                "Name some: --mark final, --mark step:N, or --all.", directory.Name);
    }
}
