using GrokPipeline.Runs;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Stages.Tests.Running;

/// <summary>One finished run that tests look at and do not change.</summary>
public sealed class FinishedRun : IDisposable
{
    public FinishedRun()
    {
        Workspace = new SmallWorkspace();
        First = Workspace.Run();
    }

    public SmallWorkspace Workspace { get; }

    public RunOutcome First { get; }

    public void Dispose() => Workspace.Dispose();
}

public sealed class UpToDateTests(FinishedRun run) : IClassFixture<FinishedRun>
{
    private const string All = "small/train small/export small/evaluate small/probe small/report";

    [Fact]
    public void Every_stage_runs_once()
    {
        Assert.Empty(run.First.Failures);
        Assert.Equal($"data/mod23 {All}", string.Join(' ', run.First.Ran));
        foreach (var file in (string[])
            ["data/mod23/train.parquet", "data/mod23/shifts/swapped.parquet", "data/mod23/dataset.json",
                "models/small/metrics/metrics.parquet",
             "models/small/checkpoints/step-00000200/model.safetensors", "models/small/checkpoints/marks.json",
             "models/small/onnx/step-00000200.onnx",
             "models/small/onnx/parity.json", "models/small/evaluation/evaluation.parquet", "models/small/probes/probes.parquet",
             "models/small/report/report.html", "models/index.html", "models/small/pipeline.lock", "models/small/pipeline.resolved.yaml",
             "models/small/run.json", "models/small/MANIFEST.sha256"])
        {
            Assert.True(File.Exists(run.Workspace.At(file)), file);
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(run.Workspace.At("models/small/.work")));
    }

    [Fact]
    public void A_second_run_does_nothing()
    {
        var before = run.Workspace.Tree();
        var second = run.Workspace.Run();
        Assert.Empty(second.Ran);
        Assert.Equal(6, second.UpToDate.Length);
        SmallWorkspace.AssertSame(before, run.Workspace.Tree());
    }

    [Theory]
    [InlineData("params.seed=1", $"data/mod23 {All}")]
    [InlineData("datasets.mod23.with.op=sub", $"data/mod23 {All}")]
    [InlineData("experiments.small.train.optimizer.weight_decay=0.5", All)]
    [InlineData("experiments.small.model.hidden=[16]", All)]
    [InlineData("defaults.train.steps=210", All)]
    [InlineData("defaults.checkpoints.ring=8", All)]
    [InlineData("defaults.checkpoints.resume_every=9s", "small/report")]
    [InlineData("experiments.small.grokking.generalization.accuracy=0.9", All)]
    [InlineData("experiments.small.export.opset=18", "small/export small/evaluate small/probe small/report")]
    [InlineData("experiments.small.evaluate.on=[validation]", "small/evaluate small/report")]
    [InlineData("experiments.small.evaluate.interval.resamples=30", "small/evaluate small/report")]
    [InlineData("experiments.small.probe.probes=[weight_norm]", "small/probe small/report")]
    [InlineData("experiments.small.title=Another", "small/report")]
    [InlineData("name=other", "small/report")]
    public void One_option_changed_reruns_exactly_what_depends_on_it(string change, string expected)
    {
        var outcome = run.Workspace.Run(new RunRequest { DryRun = true }, [change]);
        Assert.Equal(expected, string.Join(' ', outcome.Ran));
    }

    [Fact]
    public void The_reason_names_the_option_with_both_values()
    {
        var told = new List<RunEvent>();
        var file = PipelineFile.Read(run.Workspace.PipelinePath, ["experiments.small.train.optimizer.weight_decay=0.5"]);
        new PipelineRun(file, SmallWorkspace.Tools, told.Add).Run(new RunRequest { DryRun = true });
        Assert.Contains(new StagePlanned("small/train", "train.optimizer.weight_decay: 1 -> 0.5"), told);
    }

    [Fact]
    public void Only_what_is_named_is_looked_at()
    {
        Assert.Equal(["data/mod23", "small/train"], run.Workspace.Run(new RunRequest { Targets = ["small/train"] }).UpToDate);
        Assert.Equal(["data/mod23"], run.Workspace.Run(new RunRequest { Targets = ["data/mod23"] }).UpToDate);
    }

    [Fact]
    public void The_resolved_pipeline_gives_the_same_stages()
    {
        var file = PipelineFile.Read(run.Workspace.At("models/small/pipeline.resolved.yaml"));
        var original = PipelineFile.Read(run.Workspace.PipelinePath);
        Assert.Equal(original.Experiments[0].Resolved, file.Experiments[0].Resolved);
    }

    [Fact]
    public void The_manifest_can_be_read_by_sha256sum()
    {
        foreach (var line in File.ReadAllLines(run.Workspace.At("models/small/MANIFEST.sha256")))
        {
            var (hash, path) = (line[..64], line[66..]);
            Assert.Equal(hash, run.Workspace.Tree()[Path.Combine("models/small", path)]);
        }
    }

    [Fact]
    public void A_finished_folder_gives_checkpoints_by_mark()
    {
        var directory = RunDirectory.Open(run.Workspace.At("models/small"));
        Assert.Equal(200, directory.StepOf("final"));
        Assert.Equal(directory.ReadCheckpoint("final")["hidden.0.weight"].Bytes.ToArray(),
            directory.ReadCheckpoint("step:200")["hidden.0.weight"].Bytes.ToArray());
        Assert.EndsWith("step-00000200.onnx", directory.OnnxPath("final"), StringComparison.Ordinal);
        Assert.Contains("Use one of: final", Assert.Throws<GrokException>(() => directory.StepOf("finl")).Remedy, StringComparison.Ordinal);
    }
}
