using System.Collections.Immutable;
using System.Text.Json.Nodes;
using GrokPipeline.Stages.Probing;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Stages;

/// <summary>
/// Looks inside marked checkpoints: their parameters, and what ONNX Runtime gives for intermediates of the exported file.
/// </summary>
internal sealed class Probe(ExperimentSetting setting, Train train, Export export) : Stage
{
    /// <summary>The folder of the table.</summary>
    public const string Folder = RunLayout.Probes;

    /// <summary>The table.</summary>
    public const string FileName = RunLayout.Findings;

    private ExperimentOptions All => setting.Experiment.Options;

    /// <inheritdoc/>
    public override string Kind => "probe";

    /// <inheritdoc/>
    public override int Revision => 3;

    /// <inheritdoc/>
    public override string Target => $"{setting.Experiment.Name}/probe";

    /// <inheritdoc/>
    public override string? Experiment => setting.Experiment.Name;

    /// <inheritdoc/>
    public override string Root => setting.Root;

    /// <inheritdoc/>
    public override ImmutableArray<string> Outputs => [Folder];

    /// <inheritdoc/>
    public override JsonObject Options => ExperimentSetting.Options(("probe", All.Probe), ("experiment", setting.Experiment.Name));

    /// <inheritdoc/>
    public override string Engine => ExperimentSetting.Identity(setting.Tools.Scoring);

    /// <inheritdoc/>
    public override ImmutableArray<StageInput> Inputs =>
    [
        setting.Reads(setting.Data, name => setting.Data.Entry.Splits().Contains(name)),
        new(train, Train.Checkpoints, path =>
            path == MarksFile.FileName || path.EndsWith($"/{RunLayout.Parameters}", StringComparison.Ordinal)),
        new(export, Export.Folder, path => path.EndsWith(".onnx", StringComparison.Ordinal)),
    ];

    /// <inheritdoc/>
    public override StageResult Run(StageContext context)
    {
        context.Files.DeleteFolder(context.Work.Path);
        var checkpoints = train.Place(Train.Checkpoints);
        var marks = MarksFile.Read(checkpoints);
        var steps = Chosen(marks);
        var probes = All.Probe.Probes.Select(ProbeTexts.Make).ToArray();
        var found = new List<CheckpointFinding>();
        var session = new ProbeSession(
            setting, marks.Stored.Order(),
            step => StoredCheckpoint.Read(Path.Combine(checkpoints, RunLayout.StepName(step)), context.Workspace.Display).Tensors, probes,
            context.Threads);
        var done = 0L;
        foreach (var (step, names) in steps)
        {
            foreach (var probe in probes)
            {
                context.ThrowIfStopped();
                context.Tell(new StageProgress(
                    Target, done++, steps.Length * probes.Length, $"{probe.Kind} at {RunLayout.StepName(step)}"));
                var findings = session.Run(probe, step).ToArray();
                foreach (var mark in names)
                {
                    found.AddRange(findings.Select(finding => new CheckpointFinding(setting.Experiment.Name, step, mark, finding)));
                }
            }
            session.Forget(step);
        }
        var table = FindingsTable.Of(found);
        setting.Tools.Store.Write(context.Work.At(Path.Combine(Folder, FileName)), table);
        return new StageResult(
            $"{Words.Count(probes.Length, "probe")} on {Words.Count(steps.Length, "checkpoint")}",
            new JsonObject { ["rows"] = table.Rows });
    }

    // Checkpoints that are asked for and were stored, by step, each with its marks; one without a mark has the empty one.
    private (long Step, string[] Marks)[] Chosen(MarksFile marks)
    {
        var named = marks.Found.ToLookup(mark => mark.Step, mark => mark.Name);
        return [.. All.Probe.Checkpoints.Words.SelectMany(text => CheckpointChoice.Steps(text, marks)).Distinct().Order()
            .Select(step => (step, named[step].DefaultIfEmpty("").ToArray()))];
    }
}
