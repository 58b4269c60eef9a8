using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using GrokPipeline.Data;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Onnx;
using GrokPipeline.Stages.Exports;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Running;

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
    public override int Revision => 1;

    /// <inheritdoc/>
    public override string Target => $"{setting.Experiment.Name}/export";

    /// <inheritdoc/>
    public override string? Experiment => setting.Experiment.Name;

    /// <inheritdoc/>
    public override string Root => setting.Root;

    /// <inheritdoc/>
    public override ImmutableArray<string> Outputs => [Folder];

    /// <inheritdoc/>
    public override JsonObject Options =>
        ExperimentSetting.Options(("export", All.Export), ("model", All.Model), ("experiment", setting.Experiment.Name));

    /// <inheritdoc/>
    public override string Engine => field ??=
        $"{ExperimentSetting.Identity(setting.Tools.Engine(All.Train.Engine).Facts)}, {ExperimentSetting.Identity(setting.Tools.Scoring)}";

    /// <inheritdoc/>
    public override ImmutableArray<StageInput> Inputs =>
    [
        setting.Reads(setting.Data, name => name == CheckedSplit),
        new(train, Train.Checkpoints, path =>
            path == MarksFile.FileName || path.EndsWith($"/{RunLayout.Parameters}", StringComparison.Ordinal)),
    ];

    private string CheckedSplit => setting.Data.Entry.Splits().Contains("validation") ? "validation" : "train";

    /// <summary>The name of a step's file.</summary>
    public static string FileOf(long step) => $"{RunLayout.StepName(step)}.onnx";

    /// <inheritdoc/>
    public override StageResult Run(StageContext context)
    {
        context.Files.DeleteFolder(context.Work.Path);
        var checkpoints = train.Place(Train.Checkpoints);
        var marks = MarksFile.Read(checkpoints);
        var steps = All.Export.Models == ExportedModels.All
            ? [.. marks.Stored]
            : marks.Found.Select(mark => mark.Step).Distinct().Order().ToArray();
        if (steps.Length == 0)
        {
            throw new GrokException("there is no checkpoint to export.", "Ask for the mark 'final'.", Target, ProblemKind.Failed);
        }
        var rows = RowEncoding.Input(setting.Model.InputName, setting.Rows(new(All.Data, CheckedSplit)), setting.Facts);
        var (largest, entries) = (0.0, new JsonArray());
        for (var i = 0; i < steps.Length; i++)
        {
            context.ThrowIfStopped();
            context.Tell(new StageProgress(Target, i, steps.Length, FileOf(steps[i])));
            var names = marks.Found.Where(mark => mark.Step == steps[i]).Select(mark => mark.Name).ToArray();
            var parity = One(context, Path.Combine(checkpoints, RunLayout.StepName(steps[i])), steps[i], names, rows);
            largest = Math.Max(largest, parity.LargestRelative);
            entries.Add(new JsonObject
            {
                ["step"] = steps[i],
                ["marks"] = new JsonArray([.. names.Select(name => (JsonNode)name)]),
                ["file"] = FileOf(steps[i]),
                ["batch_sizes"] = new JsonArray([.. parity.BatchSizes.Select(size => (JsonNode)size)]),
                ["checks"] = new JsonArray(
                    [.. parity.Outputs.Concat(parity.Intermediates).Select(difference => (JsonNode)ParityJson.Of(difference))]),
            });
        }
        var list = new JsonObject
        {
            ["schema"] = "grokpipe/parity/1",
            ["engine"] = setting.Tools.Engine(All.Train.Engine).Facts.Name,
            ["against"] = setting.Tools.Scoring.Name,
            ["tolerance"] = Configuration.CanonicalJson.Of(All.Export.Verify.Tolerance),
            ["models"] = entries,
        };
        context.Files.ReplaceText(
            context.Work.At(Path.Combine(Folder, ParityName)), list.ToJsonString(JsonFiles.Indented) + "\n", durable: false);
        var agreement = largest == 0
            ? "the same bits as the training engine"
            : $"within {largest.ToString("0.0e+0", CultureInfo.InvariantCulture)} of the training engine";
        return new StageResult(
            $"{Words.Count(steps.Length, "model")}, {agreement}",
            new JsonObject { ["largest_relative"] = Configuration.CanonicalJson.Of(largest) });
    }

    private ParityResult One(StageContext context, string checkpoint, long step, string[] marks, Tensor rows)
    {
        var content = StoredCheckpoint.Read(checkpoint, context.Workspace.Display);
        var metadata = OnnxMetadata.Empty with
        {
            Producer = "grokpipe",
            ProducerVersion = setting.Tools.Version,
            Doc = setting.Experiment.Title,
            Properties = Properties(context, step, marks),
        };
        var file = ExportedFile.Write(setting.Model, setting.Experiment.Name, content.Tensors, metadata, All.Export.Opset);
        if (OnnxCheck.Problems(file) is { Length: > 0 } problems)
        {
            throw new GrokException(
                $"{FileOf(step)} breaks a rule of ONNX: {problems[0]}", "This is a mistake in the writer; report it.", Target,
                ProblemKind.Failed);
        }
        var engine = setting.Tools.Engine(All.Train.Engine);
        var parity = Parity.Compare(
            size => setting.Model.Build(size).ToGraph(setting.Experiment.Name), graph =>
                engine.Compile(graph, new CompileOptions { Threads = context.Threads }),
            content.Tensors, file, bytes => setting.Tools.Open(bytes, context.Threads), setting.Model.InputName, rows);
        CheckParity(parity, step);
        var verified = OnnxEdit.WithMetadata(file, parity.ToProperties());
        context.Files.Replace(context.Work.At(Path.Combine(Folder, FileOf(step))), stream => stream.Write(verified), durable: false);
        return parity;
    }

    private void CheckParity(ParityResult parity, long step)
    {
        // not null: there is an output
        var worst = parity.Outputs.Concat(parity.Intermediates).MaxBy(difference => difference.Relative)!;
        if (worst.Relative <= All.Export.Verify.Tolerance) { return; }
        throw new GrokException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{FileOf(step)} differs from the training engine by {worst.Relative:0.0e+0} of the magnitude of '{worst.Name}'; "
                + $"{All.Export.Verify.Tolerance:0.0e+0} is allowed."),
            "This points to a mistake in an engine; report it. To go on, raise export.verify.tolerance.", Target, ProblemKind.Failed);
    }

    private Dictionary<string, string> Properties(StageContext context, long step, string[] marks) => new(StringComparer.Ordinal)
    {
        ["grokpipe.experiment"] = setting.Experiment.Name,
        ["grokpipe.step"] = step.ToString(CultureInfo.InvariantCulture),
        ["grokpipe.marks"] = string.Join(' ', marks),
        ["grokpipe.dataset"] = All.Data,
        ["grokpipe.input"] = setting.Model.InputName,
        ["grokpipe.facts"] = setting.Facts.ToJson(),
        ["grokpipe.verification.engines"] = Engine,
        ["grokpipe.checkpoint.sha256"] = context.Record.Inputs.FirstOrDefault(pair =>
            pair.Key.EndsWith($"{RunLayout.StepName(step)}/{RunLayout.Parameters}", StringComparison.Ordinal)).Value ?? "",
    };
}
