using System.Collections.Immutable;
using System.Text.Json.Nodes;
using GrokPipeline.Probes;
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
    public override int Revision => 4;

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
        var (rows, done) = (ProbedRows.Of(setting), 0L);
        var kinds = All.Probe.Probes.Length;
        var found = new CheckpointFinding[steps.Length][];
        ProbeWorkers.Run(steps.Length, context.Threads, () =>
        {
            var probes = All.Probe.Probes.Select(ProbeTexts.Make).ToArray();
            var session = new ProbeSession(
                setting, rows, marks.Stored.Order(),
                step => StoredCheckpoint.Read(Path.Combine(checkpoints, RunLayout.StepName(step)), context.Workspace.Display).Tensors,
                probes, threads: 1);
            return i =>
            {
                var (step, names) = steps[i];
                var (findings, taken) = (new List<ProbeFinding>(), new FindingNames());
                foreach (var (number, probe) in probes.Index())
                {
                    context.ThrowIfStopped();
                    Tell($"{probe.Kind} at {RunLayout.StepName(step)}");
                    findings.AddRange(taken.Take(number, session.Run(probe, step)));
                }
                found[i] = [.. from mark in names from finding in findings
                    select new CheckpointFinding(setting.Experiment.Name, step, mark, finding)];
                session.Forget(step);
            };
        });
        var table = FindingsTable.Of([.. found.SelectMany(findings => findings)]);
        setting.Tools.Store.Write(context.Work.At(Path.Combine(Folder, FileName)), table);
        return new StageResult(
            $"{Words.Count(kinds, "probe")} on {Words.Count(steps.Length, "checkpoint")}",
            new JsonObject { ["rows"] = table.Rows });

        void Tell(string what)
        {
            lock (found) { context.Tell(new StageProgress(Target, done++, steps.Length * kinds, what)); }
        }
    }

    // Checkpoints that are asked for and were stored, by step, each with its marks; one without a mark has the empty one.
    private (long Step, string[] Marks)[] Chosen(MarksFile marks)
    {
        var named = marks.Found.ToLookup(mark => mark.Step, mark => mark.Name);
        return [.. All.Probe.Checkpoints.Words.SelectMany(text => CheckpointChoice.Steps(text, marks)).Distinct().Order()
            .Select(step => (step, named[step].DefaultIfEmpty("").ToArray()))];
    }
}
