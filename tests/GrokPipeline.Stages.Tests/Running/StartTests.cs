using GrokPipeline.Runs;
using GrokPipeline.Stages.Running;
using GrokPipeline.Stages.Sweeps;
using GrokPipeline.Stages.Tests.Sweeps;

namespace GrokPipeline.Stages.Tests.Running;

/// <summary>A training that begins with a checkpoint of another experiment.</summary>
public sealed class StartTests
{
    private static string Yaml(string start = "{ from: whole }", string more = "", string parent = "") => $$"""
        schema: 1
        name: starts
        params: { seed: 0 }
        datasets:
          mod23:
            use: modular_arithmetic
            with: { op: add, modulus: 23 }
            split: { train: 0.5, validation: rest }
        defaults:
          data: mod23
          model: { kind: mlp, encode: onehot, hidden: [16], activation: relu, bias: false }
          train: { steps: 40, evaluate_every: 10, seed: "${params.seed}", optimizer: { kind: adamw, learning_rate: 1.0e-2 } }
          checkpoints: { schedule: { every: 10 } }
        experiments:
          part:
            train: { start: {{start}}, {{more}} }
          whole:
            checkpoints: { optimizer_state: all }
            {{parent}}
          straight:
            train: { steps: 80 }
        sweeps:
          sizes:
            experiment: part
            over: { experiments.part.train.rows: [50, 100] }
            seeds: { option: experiments.part.train.seed, from: 0, count: 2 }
            checkpoints: final

        """;

    private static Tensor Weight(SmallWorkspace workspace, string experiment, string mark) =>
        RunDirectory.Open(workspace.At($"models/{experiment}")).ReadCheckpoint(mark)["hidden.0.weight"];

    [Fact]
    public void Begun_in_the_middle_with_the_same_rows_it_ends_as_the_training_that_went_through()
    {
        using var workspace = new SmallWorkspace(Yaml("{ from: whole, checkpoint: step:40 }"));
        var outcome = workspace.Run(new RunRequest { Targets = ["part/train", "straight/train"] });
        Assert.Empty(outcome.Failures);
        Assert.Equal(["data/mod23", "whole/train", "part/train", "straight/train"], outcome.Ran);
        Assert.Equal(Weight(workspace, "whole", "final").Bytes.ToArray(), Weight(workspace, "part", "step:0").Bytes.ToArray());
        Assert.Equal(Weight(workspace, "straight", "final").Bytes.ToArray(), Weight(workspace, "part", "final").Bytes.ToArray());
        Assert.NotEqual(Weight(workspace, "part", "step:0").Bytes.ToArray(), Weight(workspace, "part", "final").Bytes.ToArray());
    }

    [Fact]
    public void The_report_says_where_it_began_and_how_many_rows_it_saw()
    {
        using var workspace = new SmallWorkspace(Yaml("{ from: whole }", "rows: 100"));
        Assert.Empty(workspace.Run(new RunRequest { Targets = ["part"] }).Failures);
        var report = File.ReadAllText(workspace.At("models/part/report/report.html"));
        Assert.Contains(
            "Began with checkpoint final (step 40) of whole: all parameters, optimizer state kept.", report, StringComparison.Ordinal);
        Assert.Contains("Trained on 100 rows of train, drawn with the seed (our choice).", report, StringComparison.Ordinal);
        Assert.False(Directory.Exists(workspace.At("models/whole/report")));
        var again = workspace.Run(new RunRequest { Targets = ["part"] });
        Assert.Empty(again.Ran);
    }

    [Fact]
    public void It_is_made_again_when_what_it_begins_with_changes_and_only_then()
    {
        using var workspace = new SmallWorkspace(Yaml());
        workspace.Run(new RunRequest { Targets = ["part/train"] });
        var reset = workspace.Run(new() { Targets = ["part/train"] }, ["experiments.part.train.start.optimizer=reset"]);
        Assert.Equal(["part/train"], reset.Ran);
        Assert.Equal(
            ["whole/train", "part/train"],
            workspace.Run(new() { Targets = ["part/train"] }, ["experiments.whole.train.optimizer.weight_decay=0.5"]).Ran);
    }

    [Fact]
    public void Side_by_side_or_stopped_in_the_middle_the_files_are_the_same()
    {
        using var one = new SmallWorkspace(Yaml());
        using var two = new SmallWorkspace(Yaml());
        string[] targets = ["part/train", "whole/train", "straight/train"];
        Assert.Empty(one.Run(new() { Targets = [.. targets] }).Failures);
        two.Run(new() { Targets = ["whole/train"] });
        for (var i = 0; i < 3; i++)                                     // each makes a step or a few, and leaves a state
        {
            var stopped = two.Run(new() { Targets = ["part/train"] }, ["experiments.part.train.limits.wall=0.001s"]);
            Assert.Equal(ProblemKind.Stopped, Assert.Single(stopped.Failures).Error.Kind);
        }
        Assert.Empty(two.Run(new() { Targets = [.. targets], Parallel = 3, Threads = 2 }).Failures);
        SmallWorkspace.AssertSame(one.Tree(), two.Tree());
        Assert.Empty(two.Run(new() { Targets = [.. targets] }).Ran);
    }

    [Fact]
    public void A_list_takes_only_what_it_names_and_the_rest_is_drawn_with_the_seed()
    {
        using var workspace = new SmallWorkspace(Yaml("{ from: whole, optimizer: reset, parameters: [hidden] }"));
        Assert.Empty(workspace.Run(new() { Targets = ["part/train", "straight/train"] }).Failures);
        Assert.Equal(Weight(workspace, "whole", "final").Bytes.ToArray(), Weight(workspace, "part", "step:0").Bytes.ToArray());
        var (mine, drawn) = (RunDirectory.Open(workspace.At("models/part")), RunDirectory.Open(workspace.At("models/straight")));
        Assert.Equal(
            drawn.ReadCheckpoint("step:0")["output.weight"].Bytes.ToArray(),
            mine.ReadCheckpoint("step:0")["output.weight"].Bytes.ToArray());
    }

    [Fact]
    public void Another_name_leaves_the_old_start_alone_and_takes_the_new_one()
    {
        using var workspace = new SmallWorkspace(Yaml());
        workspace.Run(new() { Targets = ["part/train"] });
        var before = Weight(workspace, "whole", "final").Bytes.ToArray();
        var original = PipelineFile.Read(workspace.PipelinePath);
        var file = PipelineFile.Read(workspace.PipelinePath, ["params.seed=1"]).As("part", "other", original);
        Assert.Equal(["other", "other.whole"], file.Experiments.Select(experiment => experiment.Name));
        var outcome = new PipelineRun(file, SmallWorkspace.Tools, _ => { }).Run(new RunRequest { Targets = ["other/train"] });
        Assert.Empty(outcome.Failures);
        Assert.Equal(before, Weight(workspace, "whole", "final").Bytes.ToArray());
        Assert.Equal(Weight(workspace, "other.whole", "final").Bytes.ToArray(), Weight(workspace, "other", "step:0").Bytes.ToArray());
        Assert.NotEqual(before, Weight(workspace, "other", "step:0").Bytes.ToArray());
        var resolved = System.Text.Encoding.UTF8.GetBytes(file.Experiments[0].Resolved);
        var again = new PipelineRun(PipelineFile.Parse("resolved", resolved, workspace.Root, []), SmallWorkspace.Tools, _ => { });
        Assert.Empty(again.Run(new RunRequest { Targets = ["other/train"] }).Ran);
    }

    [Fact]
    public void Members_of_a_sweep_begin_with_one_training_and_end_as_the_same_training_by_run()
    {
        using var workspace = new SmallWorkspace(Yaml());
        using var planned = new SmallWorkspace(Yaml());
        var outcome = workspace.Sweep("sizes").Run(new SweepRequest { Threads = 2 });
        Assert.Equal((4, 0), (outcome.Trained, outcome.Failed.Length));
        Assert.Single(Directory.GetDirectories(workspace.At("models/sweeps/sizes/starts")));
        var member = outcome.Plan.Members[3];
        string[] settings = ["experiments.part.train.rows=100", "experiments.part.train.seed=1"];
        Assert.Empty(workspace.Run(new RunRequest { Targets = ["part/train"] }, settings).Failures);
        using var file = File.OpenRead(workspace.At($"models/sweeps/sizes/members/{member.Id}/final.safetensors"));
        var state = Training.TrainingState.Read(file, "final");
        Assert.Equal(Weight(workspace, "part", "final").Bytes.ToArray(), state.Parameters["hidden.0.weight"].Bytes.ToArray());
        var run = planned.Sweep("sizes");
        var plan = PlannedSweep.Open(planned.At(run.Write(run.Plan())), planned.Root);
        for (var i = 3; i >= 0; i--) { plan.Run(i, SmallWorkspace.Tools, default); }
        SmallWorkspace.AssertSame(workspace.Members("sizes"), planned.Members("sizes"));
    }

    [Fact]
    public void Fewer_rows_are_among_more_and_validation_stays()
    {
        using var workspace = new SmallWorkspace(Yaml("{ from: whole }", "rows: 1000"));
        var failure = Assert.Single(workspace.Run(new() { Targets = ["part/train"] }).Failures);
        Assert.Equal("1000 rows are asked for, train has 265.", failure.Error.Problem);
        Assert.Equal(RowsOf(workspace, 60).Intersect(RowsOf(workspace, 50)), RowsOf(workspace, 50));
        Assert.NotEqual(Enumerable.Range(0, 50).Select(i => (long)i), RowsOf(workspace, 50));
    }

    [Theory]
    [InlineData("{ from: hole }", "from: there is no experiment named 'hole'. Did you mean whole?")]
    [InlineData("{ from: part }", "from: 'part' starts with this experiment itself: part -> part.")]
    [InlineData("{ from: whole, checkpoint: at_gork }", "checkpoint: whole gives no mark 'at_gork'. Did you mean at_grok?")]
    [InlineData("{ from: whole, parameters: [hidden] }", "optimizer: the optimizer's state can only be kept with all parameters")]
    [InlineData("{ from: whole, optimizer: reset, parameters: [hiden] }", "parameters: no parameter is meant by 'hiden'.")]
    [InlineData("{ checkpoint: final }", "from: is missing")]
    [InlineData("{ from: whole }", "hidden.0.weight is [46, 16] here and is [46, 32] there.", "model: { hidden: [32] }")]
    [InlineData(
        "{ from: whole }", "the optimizer's state cannot be kept: whole carries nothing else, which",
        "train: { optimizer: { kind: sgd, learning_rate: 0.1 } }")]
    [InlineData("{ from: whole }", "'part' starts with this experiment itself: part -> whole -> part", "train: { start: { from: part } }")]
    public void What_cannot_be_a_start_is_refused_with_the_reason(string start, string problem, string parent = "")
    {
        var error = Assert.Throws<GrokException>(() => PipelineFile.Parse(
            "pipeline.yaml", System.Text.Encoding.UTF8.GetBytes(Yaml(start, parent: parent)), ".", []));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_that_is_not_stored_is_refused_with_both_remedies()
    {
        var error = Assert.Throws<GrokException>(() => PipelineFile.Parse(
            "pipeline.yaml", System.Text.Encoding.UTF8.GetBytes(Yaml("{ from: straight, checkpoint: at_grok }")), ".", []));
        Assert.Contains(
            "straight does not store the optimizer's state at at_grok. Write optimizer: reset, or checkpoints: { optimizer_state: all } "
            + "in straight.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mark_that_never_happened_ends_the_training_with_the_reason()
    {
        using var workspace = new SmallWorkspace(Yaml("{ from: whole, checkpoint: at_grok }"));
        var failure = Assert.Single(workspace.Run(new() { Targets = ["part/train"] }).Failures);
        Assert.Contains(
            "whole has no checkpoint at_grok: it did not generalize within the budget", failure.Error.Problem, StringComparison.Ordinal);
    }

    private static long[] RowsOf(SmallWorkspace workspace, int count)
    {
        var options = PipelineFile.Read(workspace.PipelinePath, [$"experiments.part.train.rows={count}"]).Find("part");
        var splits = Data.DatasetBuilder.Build(options.Data.Spec).Splits;
        var setting = Data.Datasets.All.Find(options.Data.Spec.Use).Make(options.Data.Spec.With).Facts;
        var plan = Train.PlanOf(
            options.Options, ExperimentCheck.MakeModel(options.Options, setting), setting, options.Data.Splits(), name => splits[name]);
        Assert.Equal(splits["validation"].Rows, plan.Scored.Single(split => split.Key == "validation").Value.Rows);
        return plan.Train.Int64("row").ToArray();
    }
}
