using GrokPipeline.Stages.Files;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Stages.Tests.Running;

public sealed class FaultTests : IDisposable
{
    private readonly SmallWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData("models/small/checkpoints/step-00000128/model.safetensors", "small/train")]
    [InlineData("models/small/evaluation/evaluation.parquet", "small/evaluate")]
    [InlineData("data/mod23/train.parquet", "data/mod23")]
    public void A_changed_byte_or_a_missing_file_is_found_and_can_be_rebuilt(string file, string target)
    {
        Assert.Empty(_workspace.Run().Failures);
        var before = _workspace.Tree();
        var bytes = File.ReadAllBytes(_workspace.At(file));
        var time = File.GetLastWriteTimeUtc(_workspace.At(file));
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(_workspace.At(file), bytes);
        File.SetLastWriteTimeUtc(_workspace.At(file), time);                     // same size, same time: only the content differs
        var error = _workspace.Run().Failures[0].Error;
        Assert.Equal((ProblemKind.Integrity, file, "changed since it was written."), (error.Kind, error.Where, error.Problem));
        Assert.Equal($"Rebuild: grokpipe run {target} --force", error.Remedy);

        File.Delete(_workspace.At(file));
        Assert.Equal("is missing.", _workspace.Run().Failures[0].Error.Problem);
        Assert.Empty(_workspace.Run(new RunRequest { Targets = [target], Force = true }).Failures);
        Assert.Empty(_workspace.Run().Failures);
        SmallWorkspace.AssertSame(before, _workspace.Tree());
    }

    [Theory]
    [InlineData("stage.json", "{")]
    [InlineData("stage.json", "{}")]
    [InlineData("stage.json", "{\"schema\":\"grokpipe/stage/9\"}")]
    [InlineData("MANIFEST.sha256", "noise")]
    [InlineData("MANIFEST.sha256", "")]
    public void A_damaged_record_is_an_error_and_never_up_to_date(string file, string text)
    {
        Assert.Empty(_workspace.Run(new RunRequest { Targets = ["data/mod23"] }).Failures);
        File.WriteAllText(_workspace.At(Path.Combine("data/mod23", file)), text);
        var outcome = _workspace.Run(new RunRequest { Targets = ["data/mod23"] });
        Assert.Equal(ProblemKind.Integrity, outcome.Failures[0].Error.Kind);
        Assert.Contains(file, outcome.Failures[0].Error.Where, StringComparison.Ordinal);
        Assert.Empty(_workspace.Run(new RunRequest { Targets = ["data/mod23"], Force = true }).Failures);
    }

    [Fact]
    public void Too_little_disk_is_told_with_numbers_before_anything_is_written()
    {
        var run = new PipelineRun(PipelineFile.Read(_workspace.PipelinePath), SmallWorkspace.Tools, _ => { }) { FreeSpace = _ => 3 << 20 };
        var error = run.Run(new RunRequest()).Failures[0].Error;
        Assert.Equal(ProblemKind.Resources, error.Kind);
        Assert.Equal("disk full: data/mod23 needs 16 MB, 3,072 kB free at data/.", error.Problem);
        Assert.Empty(Directory.EnumerateFiles(_workspace.At("data"), "*.parquet", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_full_disk_in_the_middle_is_told_and_the_run_goes_on_afterwards()
    {
        var left = 60;
        var outcome = _workspace.Run(announce: operation =>
        {
            if (operation.Kind == "write" && --left < 0) { throw new IOException($"No space left on device : '{operation.Path}'", 28); }
        });
        Assert.NotEmpty(outcome.Failures);
        Assert.All(outcome.Failures, failure => Assert.Equal(ProblemKind.Resources, failure.Error.Kind));
        Assert.StartsWith("disk full", outcome.Failures[0].Error.Problem, StringComparison.Ordinal);
        Assert.Empty(_workspace.Run().Failures);
    }

    [Fact]
    public void Numbers_that_are_not_finite_end_the_training_and_the_last_healthy_state_is_kept()
    {
        var outcome = _workspace.Run(overrides: ["experiments.small.train.optimizer={ kind: sgd, learning_rate: 1000000 }"]);
        var error = outcome.Failures[0].Error;
        Assert.Equal(ProblemKind.Failed, error.Kind);
        Assert.Contains("were not finite at step", error.Problem, StringComparison.Ordinal);
        Assert.Contains("Lower the learning rate", error.Remedy, StringComparison.Ordinal);
        var kept = Directory.EnumerateFiles(_workspace.At("models/small/.work"), "model.safetensors", SearchOption.AllDirectories)
            .Where(path => path.Contains("healthy", StringComparison.Ordinal)).ToArray();
        Assert.Single(kept);
        Assert.False(Directory.Exists(_workspace.At("models/small/checkpoints")));
    }

    [Fact]
    public void Numbers_that_are_not_finite_and_only_recorded_are_told_once()
    {
        var told = new List<string>();
        var file = PipelineFile.Read(_workspace.PipelinePath,
            ["experiments.small.train.optimizer={ kind: sgd, learning_rate: 1000000 }", "defaults.train.on_nonfinite={ do: record }"]);
        var run = new PipelineRun(file, SmallWorkspace.Tools, said => { if (said is RunWarning warning) { told.Add(warning.Text); } });
        Assert.Empty(run.Run(new RunRequest { Targets = ["small/train"] }).Failures);
        Assert.StartsWith("loss, gradient or weights were not finite at step ", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_limit_does_not_make_a_resume_point_of_a_broken_state()
    {
        string[] overrides =
            ["experiments.small.train.optimizer={ kind: sgd, learning_rate: 1000000 }", "defaults.train.limits={ wall: 0.0000001s }"];
        var error = _workspace.Run(overrides: overrides).Failures[0].Error;
        for (var runs = 1; error.Kind == ProblemKind.Stopped && runs < 20; runs++)                 // each run makes one step
        {
            error = _workspace.Run(overrides: overrides).Failures[0].Error;
        }
        Assert.Equal(ProblemKind.Failed, error.Kind);
        var healthy = Directory.EnumerateFiles(_workspace.At("models/small/.work"), "model.safetensors", SearchOption.AllDirectories)
            .Single(path => path.Contains("healthy", StringComparison.Ordinal));
        foreach (var tensor in Safetensors.Read(File.ReadAllBytes(healthy), healthy).Tensors.Values)
        {
            Assert.All(tensor.AsSpan<float>().ToArray(), number => Assert.True(float.IsFinite(number)));
        }
    }

    [Fact]
    public void A_requirement_that_does_not_hold_is_reported()
    {
        var outcome = _workspace.Run(
            overrides: ["experiments.small.evaluate.require=[{ model: final, on: swapped, accuracy: '>= 0.999' }]"]);
        Assert.Empty(outcome.Failures);
        Assert.Contains("accuracy of final on swapped is", Assert.Single(outcome.Missed), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_name_keeps_the_old_result()
    {
        Assert.Empty(_workspace.Run().Failures);
        var before = _workspace.Tree();
        var changed = PipelineFile.Read(_workspace.PipelinePath, ["params.seed=5"])
            .As("small", "other", PipelineFile.Read(_workspace.PipelinePath));
        Assert.Empty(new PipelineRun(changed, SmallWorkspace.Tools, _ => { }).Run(new RunRequest()).Failures);
        var after = _workspace.Tree();
        Assert.All(before.Where(pair => pair.Key != "models/index.html"), pair => Assert.Equal(pair.Value, after[pair.Key]));
        Assert.NotEqual(after["data/mod23/train.parquet"], after["data/other/train.parquet"]);
        Assert.True(after.ContainsKey("models/other/report/report.html"));
        var resolved = PipelineFile.Read(_workspace.At("models/other/pipeline.resolved.yaml"));
        Assert.Equal(("other", "other"), (resolved.Experiments[0].Name, resolved.Experiments[0].Options.Data));
        Assert.NotEmpty(CheckpointProbing.Run(SmallWorkspace.Tools, _workspace.At("models/other"), "final", []));
    }

    [Fact]
    public void A_stage_alone_does_not_run_what_it_needs()
    {
        var outcome = _workspace.Run(new RunRequest { Only = "export" });
        Assert.Equal("data/mod23 is out of date (not made yet).", outcome.Failures[0].Error.Problem);
        Assert.All(outcome.Failures, failure => Assert.Equal(ProblemKind.Failed, failure.Error.Kind));
        Assert.False(Directory.Exists(_workspace.At("models/small/onnx")));
    }

    [Fact]
    public void Locks_exclude_writers_and_let_readers_share()
    {
        var files = new DurableFile();
        var path = _workspace.At("some.lock");
        using (FolderLock.Take(files, path, "models/x", Libc.Lock.Shared, TimeProvider.System))
        {
            using var second = FolderLock.Take(files, path, "models/x", Libc.Lock.Shared, TimeProvider.System);
            var error = Assert.Throws<GrokException>(
                () => FolderLock.Take(files, path, "models/x", Libc.Lock.Exclusive, TimeProvider.System));
            Assert.Equal(ProblemKind.Locked, error.Kind);
        }
        using var alone = FolderLock.Take(files, path, "models/x", Libc.Lock.Exclusive, TimeProvider.System);
        var busy = Assert.Throws<GrokException>(() => FolderLock.Take(files, path, "models/x", Libc.Lock.Shared, TimeProvider.System));
        Assert.Contains($"models/x is in use by pid {Environment.ProcessId} on ", busy.Problem, StringComparison.Ordinal);
        Assert.NotNull(FolderLock.Holder(path));
    }
}
