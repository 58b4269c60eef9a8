using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Runs;
using GrokPipeline.Stages.Running;
using GrokPipeline.Stages.Sweeps;
using GrokPipeline.Stages.Trainings;
using GrokPipeline.Training;

namespace GrokPipeline.Stages.Tests.Sweeps;

/// <summary>A member is what its training would be alone, whatever runs beside it.</summary>
public sealed class MemberTests
{
    [Fact]
    public void Members_are_the_same_for_any_number_of_threads_alone_and_from_a_plan()
    {
        using var one = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        using var two = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        using var alone = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        var outcome = one.Sweep("grid").Run(new SweepRequest { Threads = 1 });
        Assert.Equal((8, 0, false), (outcome.Trained, outcome.Failed.Length, outcome.Stopped));
        Assert.Equal(8, two.Sweep("grid").Run(new SweepRequest { Threads = 2 }).Trained);
        var run = alone.Sweep("grid");
        var sweep = PlannedSweep.Open(alone.At(run.Write(run.Plan())), alone.Root);
        foreach (var index in (int[])[7, 3, 0, 5, 1, 2, 6, 4]) { Assert.False(sweep.Run(index, SmallWorkspace.Tools, default).Before); }
        Assert.Equal(16, one.Members("grid").Count);
        SmallWorkspace.AssertSame(one.Tree(), two.Tree());
        SmallWorkspace.AssertSame(one.Members("grid"), alone.Members("grid"));
        alone.Sweep("grid").Collect();
        SmallWorkspace.AssertSame(one.Tree(), alone.Tree());
    }

    [Theory]
    [InlineData("full")]
    [InlineData("8")]
    public void A_member_has_the_metrics_and_the_state_of_the_same_training_by_run(string batch)
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        string[] overrides = [$"defaults.train.batch={batch}", "sweeps.grid.retire={ generalized_for: 0, collapsed_for: 0 }"];
        var outcome = workspace.Sweep("grid", overrides).Run(new SweepRequest());
        foreach (var index in (int[])[0, 5])
        {
            var member = outcome.Plan.Members[index];
            string[] settings = [.. member.Settings.Select(setting => $"{setting.Option}={setting.Value}"), $"params.seed={member.Seed}"];
            Assert.Empty(workspace.Run(new RunRequest { Targets = ["small/train"] }, [.. overrides, .. settings]).Failures);
            var result = Result(workspace, "grid", member);
            var metrics = GrokkingCurve.Rows(SmallWorkspace.Tools.Store.Read(workspace.At("models/small/metrics/metrics.parquet")));
            Assert.Equal(metrics, result.Rows);
            Assert.Equal((MemberEnding.Budget, 60, 60), (result.Ending, result.Steps, result.Budget));
            using var file = File.OpenRead(workspace.At($"models/sweeps/grid/members/{member.Id}/final.safetensors"));
            var state = TrainingState.Read(file, "final");
            var checkpoint = RunDirectory.Open(workspace.At("models/small")).ReadCheckpoint("final").Tensors;
            Assert.Equal(checkpoint.Count, state.Parameters.Count);
            Assert.All(checkpoint, pair => Assert.Equal(pair.Value.Bytes.ToArray(), state.Parameters[pair.Key].Bytes.ToArray()));
            Assert.Equal(result.CheckpointSha256, result.StateSha256);
            Assert.Equal(result.StateSha256, Convert.ToHexStringLower(
                System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file.Name))));
        }
    }

    [Fact]
    public void A_member_whose_numbers_are_not_finite_ends_as_collapsed_and_changes_no_other()
    {
        using var with = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Over(SweepSamples.Rate, "[0.01, 1.0e+6, 0.02]")));
        using var without = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Over(SweepSamples.Rate, "[0.01, 0.02]")));
        var outcome = with.Sweep("one").Run(new SweepRequest { Threads = 1 });
        Assert.Empty(without.Sweep("one").Run(new SweepRequest { Threads = 1 }).Failed);
        Assert.Empty(outcome.Failed);
        var broken = Result(with, "one", outcome.Plan.Members[1]);
        Assert.Equal((MemberEnding.Collapsed, true), (broken.Ending, broken.Nonfinite));
        Assert.InRange(broken.Steps, 1, 59);
        Assert.Contains(broken.Rows, row => !double.IsFinite(row.Measurement.Value));
        var (all, others) = (with.Members("one"), without.Members("one"));
        Assert.Equal((3, 2), (all.Count, others.Count));
        Assert.All(others, pair => Assert.Equal(pair.Value, all[pair.Key]));
    }

    [Fact]
    public void A_member_that_stays_not_finite_meets_its_time_limit()
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Over(SweepSamples.Rate, "[1.0e+6]")));
        string[] overrides =
        [
            "defaults.train={ steps: 400, evaluate_every: 1, on_nonfinite: { do: record }, limits: { wall: 400s } }",
            "sweeps.one.retire={ generalized_for: 0, collapsed_for: 0 }",
        ];
        var recorded = workspace.Sweep("one", ["defaults.train.limits.wall=0s", .. overrides[1..], overrides[0].Replace(
            "limits: { wall: 400s }", "limits: {}", StringComparison.Ordinal)]).Run(new SweepRequest());
        var rows = Result(workspace, "one", recorded.Plan.Members[0]).Rows;
        Assert.InRange(rows.First(row => !double.IsFinite(row.Measurement.Value)).Step, 1, 100);             // well before the limit
        Directory.Delete(workspace.At("models"), recursive: true);
        var run = workspace.Sweep("one", overrides, tools: SmallWorkspace.Tools with { Clock = new SecondsClock() });
        var failed = Assert.Single(run.Run(new SweepRequest()).Failed);
        Assert.Equal("reached its time limit of 400s.", failed.Error.Problem);
        Assert.Empty(Directory.EnumerateDirectories(workspace.At("models/sweeps/one/members"), "resume", SearchOption.AllDirectories));
    }

    [Fact]
    public void Members_that_are_stopped_again_and_again_end_with_the_same_bytes()
    {
        using var whole = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        whole.Sweep("grid").Run(new SweepRequest());
        var stops = 0;
        for (var outcome = Stopped(); outcome.Stopped; outcome = Stopped()) { Assert.InRange(++stops, 1, 200); }
        Assert.InRange(stops, 3, 200);
        SmallWorkspace.AssertSame(whole.Members("grid"), workspace.Members("grid"));
        Assert.Empty(Directory.EnumerateDirectories(workspace.At("models/sweeps/grid/members"), "resume", SearchOption.AllDirectories));

        SweepOutcome Stopped()
        {
            using var stop = new CancellationTokenSource();
            var left = 3;
            return workspace.Sweep("grid", ["defaults.checkpoints.resume_every=0.000001s"], announce: operation =>
            {
                if (operation.Kind == "rename" && operation.Path.EndsWith("COMMIT", StringComparison.Ordinal)
                    && Interlocked.Decrement(ref left) == 0) { stop.Cancel(); }
            }).Run(new SweepRequest { Threads = 2 }, stop.Token);
        }
    }

    [Fact]
    public void A_damaged_state_to_resume_from_is_not_relied_on()
    {
        using var whole = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        whole.Sweep("grid").Run(new SweepRequest());
        using (var stop = new CancellationTokenSource())
        {
            var run = workspace.Sweep("grid", ["defaults.checkpoints.resume_every=0.000001s"], announce: operation =>
            {
                if (operation.Kind == "rename" && operation.Path.EndsWith("COMMIT", StringComparison.Ordinal)) { stop.Cancel(); }
            });
            Assert.True(run.Run(new SweepRequest(), stop.Token).Stopped);
        }
        var states = Directory.GetFiles(workspace.At("models/sweeps/grid/members"), "state.safetensors", SearchOption.AllDirectories);
        Assert.NotEmpty(states);
        foreach (var path in states) { File.WriteAllBytes(path, [1, 2, 3]); }
        Assert.Empty(workspace.Sweep("grid").Run(new SweepRequest()).Failed);
        SmallWorkspace.AssertSame(whole.Members("grid"), workspace.Members("grid"));
    }

    [Fact]
    public void Steps_between_two_evaluations_allocate_nothing()
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        var plan = workspace.Sweep("grid", ["defaults.train={ steps: 3000, evaluate_every: 1000 }"]).Plan();
        var options = plan.Members[0].Options(plan.Heading);
        using var data = new SharedData([options.TrainData]).Take(options.TrainData);
        var model = ExperimentCheck.MakeModel(options.Experiment.Options, data.Facts);
        var training = Train.PlanOf(options.Experiment.Options, model, data.Facts, options.Data.Splits(), data.Rows);
        using var bench = new Workbench();
        using var trainer = new Trainer(training, data.Encoded(training), bench.Compiled(training, SmallWorkspace.Tools.Engine("simd")))
        {
            KeepsHealthy = false,
        };
        using var records = trainer.RunEvaluations().GetEnumerator();
        Assert.True(records.MoveNext() && records.MoveNext());
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(records.MoveNext());
        Assert.Equal(2000, records.Current.Step);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4000);                // a record a step would be 64,000 bytes
    }

    /// <summary>A second passes whenever it is looked at.</summary>
    private sealed class SecondsClock : TimeProvider
    {
        private long _looks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Increment(ref _looks);
    }

    private static MemberResult Result(SmallWorkspace workspace, string sweep, PlannedMember member) => MemberResult.Read(
        workspace.At($"models/sweeps/{sweep}/members/{member.Id}/member.json"), member.Id, "member.json");
}
