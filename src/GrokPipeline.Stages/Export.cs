using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Stages.Exports;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Probing;
using GrokPipeline.Stages.Running;
using GrokPipeline.Training.Exports;

namespace GrokPipeline.Stages;

/// <summary>Writes checkpoints as ONNX files and checks each in ONNX Runtime against the training engine.</summary>
internal sealed class Export(ExperimentSetting setting, Train train) : Stage
{
    /// <summary>The folder of the files.</summary>
    public const string Folder = RunLayout.Onnx;

    /// <summary>The file of differences.</summary>
    public const string ParityName = RunLayout.Parity;

    private ExperimentOptions All => setting.Experiment.Options;

    /// <inheritdoc/>
    public override string Kind => "export";

    /// <inheritdoc/>
    public override int Revision => 4;

    /// <inheritdoc/>
    public override string Target => $"{setting.Experiment.Name}/export";

    /// <inheritdoc/>
    public override string? Experiment => setting.Experiment.Name;

    /// <inheritdoc/>
    public override string Root => setting.Root;

    /// <inheritdoc/>
    public override ImmutableArray<string> Outputs => [Folder];

    /// <inheritdoc/>
    public override JsonObject Options => ExperimentSetting.Options(
        ("export", All.Export), ("model", All.Model), ("experiment", setting.Experiment.Name), ("seed", All.Train.Seed),
        ("distributions", Distributions.Select(distribution => $"{distribution.Dataset}.{distribution.Name}").ToArray()));

    /// <inheritdoc/>
    public override string Engine => field ??= Provenance.EnginesOf(setting);

    /// <inheritdoc/>
    public override ImmutableArray<StageInput> Inputs =>
    [
        .. Distributions.GroupBy(distribution => distribution.Dataset)
            .Select(group => setting.Reads(setting.DatasetOf(group.First()), name => group.Any(distribution => distribution.Name == name))),
        new(setting.Data, All.Data, path => path == Generate.CardName),
        new(train, Train.Checkpoints, path =>
            path == MarksFile.FileName || path.EndsWith($"/{RunLayout.Parameters}", StringComparison.Ordinal)),
        new(train, Train.Metrics, path => path == Train.MetricsName),
    ];

    private ImmutableArray<Distribution> Distributions => VerificationRows.Distributions(setting);

    /// <summary>The steps that a choice of checkpoints means, ascending.</summary>
    public static long[] Steps(WordList models, MarksFile marks) =>
        [.. models.Words.SelectMany(word => CheckpointChoice.Steps(word, marks)).Distinct().Order()];

    /// <inheritdoc/>
    public override StageResult Run(StageContext context)
    {
        context.Files.DeleteFolder(context.Work.Path);
        var marks = MarksFile.Read(train.Place(Train.Checkpoints));
        var steps = Steps(All.Export.Models, marks);
        if (steps.Length == 0)
        {
            throw new GrokException("there is no checkpoint to export.", "Ask for the mark 'final'.", Target, ProblemKind.Failed);
        }
        var (largest, entries) = (0.0, new JsonArray());
        using var exporter = new CheckpointExporter(setting, All.Export, context.Threads);
        for (var i = 0; i < steps.Length; i++)
        {
            context.ThrowIfStopped();
            context.Tell(new StageProgress(Target, i, steps.Length, CheckpointExporter.FileOf(steps[i], ModelForm.Plain)));
            var names = marks.Found.Where(mark => mark.Step == steps[i]).Select(mark => mark.Name).ToArray();
            foreach (var written in Exported(exporter, steps[i], names))
            {
                context.Files.Replace(
                    context.Work.At(Path.Combine(Folder, written.Name)), stream => stream.Write(written.Bytes), durable: false);
                largest = Math.Max(largest, written.Parity.LargestRelative);
                entries.Add((JsonNode)ParityJson.Of(steps[i], names, written));
            }
        }
        context.Files.ReplaceText(
            context.Work.At(Path.Combine(Folder, ParityName)),
            ParityJson.List(setting, All.Export.Verify.Tolerance, entries).ToJsonString(JsonFiles.Indented) + "\n", durable: false);
        var agreement = largest == 0
            ? "the same bits as the training engine"
            : $"within {largest.ToString("0.0e+0", CultureInfo.InvariantCulture)} of the training engine";
        return new StageResult(
            $"{Words.Count(entries.Count, "model")}, {agreement}",
            new JsonObject { ["largest_relative"] = Configuration.CanonicalJson.Of(largest) });
    }

    private WrittenModel[] Exported(CheckpointExporter exporter, long step, string[] marks)
    {
        try { return [.. exporter.Export(step, marks)]; }
        catch (GrokException error) when (error.Where is null)
        {
            throw new GrokException(error.Problem, error.Remedy, Target, error.Kind, error);
        }
    }
}
