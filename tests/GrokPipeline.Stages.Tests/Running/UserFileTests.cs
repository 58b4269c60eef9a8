using GrokPipeline.Runs;
using GrokPipeline.Stages.Running;
using GrokPipeline.Stages.Sweeps;
using GrokPipeline.Tables;

namespace GrokPipeline.Stages.Tests.Running;

/// <summary>A pipeline on a Parquet file of the user's.</summary>
public sealed class UserFileTests : IDisposable
{
    private const string Yaml = """
        schema: 1
        name: own
        datasets:
          own:
            use: parquet
            with: { path: rows.parquet, features: [x], target: kind, clusters: { per_class: 2 } }
            split: { train: { rows: 40, shifted_per_class: 1, subclass_rate: 0.5 }, validation: rest }
            shifts:
              rare: { kind: subpopulation }
        experiments:
          first:
            data: own
            model: { kind: mlp, hidden: [8] }
            train: { steps: 40, evaluate_every: 10, optimizer: { kind: adamw, learning_rate: 1.0e-2 } }
            evaluate: { on: [validation, rare], interval: { resamples: 20 } }
            probe: { probes: [weight_norm] }
        sweeps:
          rates: { experiment: first, over: { experiments.first.train.optimizer.learning_rate: [1.0e-2, 2.0e-2] } }

        """;

    private readonly SmallWorkspace _workspace = new(Yaml);

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void It_goes_through_every_stage_and_other_bytes_are_another_dataset()
    {
        Write(seed: 1);
        var run = _workspace.Run();
        Assert.Empty(run.Failures);
        Assert.Contains("rows.parquet, SHA-256", File.ReadAllText(_workspace.At("data/own/dataset.json")), StringComparison.Ordinal);
        var before = File.ReadAllText(_workspace.At("data/own/dataset.json"));
        var final = RunDirectory.Open(_workspace.At("models/first")).ReadCheckpoint("final")["output.weight"].AsSpan<float>().ToArray();
        Assert.Empty(_workspace.Run().Ran);

        Write(seed: 2);
        Assert.NotEmpty(_workspace.Run().Ran);
        Assert.NotEqual(before, File.ReadAllText(_workspace.At("data/own/dataset.json")));
        Assert.NotEqual(final, RunDirectory.Open(_workspace.At("models/first")).ReadCheckpoint("final")["output.weight"].AsSpan<float>().ToArray());
    }

    [Fact]
    public void A_missing_file_is_told_at_its_place()
    {
        var error = Assert.Throws<GrokException>(() => _workspace.Run());
        Assert.Contains("pipeline.yaml:6", error.Where ?? error.Message, StringComparison.Ordinal);
        Assert.Contains("datasets.own.with: There is no file 'rows.parquet'. Paths start at the pipeline file's folder.", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_sweep_finds_the_file_again_from_its_plan()
    {
        Write(seed: 1);
        var file = PipelineFile.Read(_workspace.PipelinePath);
        var plan = new SweepPlanner(file, file.FindSweep("rates")).Plan();
        var workspace = new Workspace(_workspace.Root, new Files.DurableFile());
        var path = _workspace.At("plan.jsonl");
        plan.Write(workspace.Files, path);
        var (ended, before) = PlannedSweep.Open(path, _workspace.Root).Run(0, SmallWorkspace.Tools, CancellationToken.None);
        Assert.False(before);
        Assert.Equal(plan.Members[0].Id, ended.Id);
    }

    // Four clouds: two classes, and two clouds in each.
    private void Write(ulong seed)
    {
        var (x, kind, stream) = (new float[200 * 3], new string?[200], new Seed(seed).Stream());
        for (var row = 0; row < 200; row++)
        {
            kind[row] = row % 2 == 0 ? "even" : "odd";
            for (var i = 0; i < 3; i++) { x[(row * 3) + i] = (float)((i == 0 ? row % 2 : i == 1 ? row / 2 % 2 : 0) * 3 + stream.NextNormal()); }
        }
        SmallWorkspace.Tools.Store.Write(_workspace.At("rows.parquet"), Table.Of(ColumnValues.Vector("x", 3, x), ColumnValues.Of("kind", kind)));
    }
}
