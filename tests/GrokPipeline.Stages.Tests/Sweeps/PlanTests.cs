using GrokPipeline.Stages.Sweeps;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Sweeps;

public sealed class PlanTests
{
    [Fact]
    public void A_grid_has_every_combination_in_order_and_the_seeds_vary_fastest()
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        var plan = workspace.Sweep("grid").Plan();
        Assert.Equal(
            [
                "train_fraction=0.5, weight_decay=0.1, seed 0", "train_fraction=0.5, weight_decay=0.1, seed 1",
                "train_fraction=0.5, weight_decay=1, seed 0", "train_fraction=0.5, weight_decay=1, seed 1",
                "train_fraction=0.6, weight_decay=0.1, seed 0", "train_fraction=0.6, weight_decay=0.1, seed 1",
                "train_fraction=0.6, weight_decay=1, seed 0", "train_fraction=0.6, weight_decay=1, seed 1",
            ],
            plan.Members.Select(member => member.Described));
        Assert.Equal(Enumerable.Range(0, 8), plan.Members.Select(member => member.Index));
        Assert.All(plan.Members, member => Assert.Matches("^[0-9a-f]{12}$", member.Id));
        Assert.Equal(plan.Text, workspace.Sweep("grid").Plan().Text);
        Assert.Empty(Directory.EnumerateDirectories(workspace.Root));
    }

    [Fact]
    public void The_id_of_a_member_depends_on_what_its_training_depends_on_and_on_nothing_else()
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        var ids = Ids([]);
        string[] without =
        [
            "experiments.small.title=another", "experiments.small.report.formats=[html]", "defaults.train.limits.wall=3m",
            "datasets.mod7.shifts.swapped.order=[a, b]", "sweeps.grid.title=another", "sweeps.grid.on_failure.stop_after=3",
        ];
        Assert.All(without, option => Assert.Equal(ids, Ids([option])));
        string[] with =
        [
            "defaults.train.steps=61", "defaults.train.metrics=[loss]", "experiments.small.model.hidden=[17]", "datasets.mod7.with.op=sub",
            "datasets.mod7.shifts.band.where=(a - b) % 7 < 2", "sweeps.grid.retire.generalized_for=3", "sweeps.grid.checkpoints=none",
            "defaults.grokking.loss_margin=0.1", "params.train_fraction=0.7",
        ];
        Assert.All(with[..^1], option => Assert.Empty(ids.Intersect(Ids([option]), StringComparer.Ordinal)));
        Assert.Equal(ids, Ids([with[^1]]));                                      // the sweep sets it itself

        string[] Ids(string[] overrides) => [.. workspace.Sweep("grid", overrides).Plan().Members.Select(member => member.Id)];
    }

    [Fact]
    public void A_plan_reads_back_as_it_was_and_needs_no_pipeline_file()
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        var run = workspace.Sweep("grid");
        var plan = run.Plan();
        var path = workspace.At(run.Write(plan));
        Assert.Equal($"models/sweeps/grid/{plan.Id}/plan.jsonl", Path.GetRelativePath(workspace.Root, path).Replace('\\', '/'));
        Assert.Equal($"{plan.Hash}  plan.jsonl\n", File.ReadAllText(Path.ChangeExtension(path, ".sha256")));
        var read = SweepPlan.Read(path, "plan.jsonl");
        Assert.Equal((plan.Id, plan.Text), (read.Id, read.Text));
        Assert.All(read.Members, member => Assert.Equal(member.Id, member.Options(read.Heading).Id()));
        Assert.Equal(plan.Heading, read.Heading);
        var time = File.GetLastWriteTimeUtc(path);
        run.Write(plan);
        Assert.Equal(time, File.GetLastWriteTimeUtc(path));
    }

    [Fact]
    public void Random_settings_follow_from_the_seed_and_one_more_option_does_not_move_the_others()
    {
        var sweep = $$"""
              draws:
                experiment: small
                over: { params.train_fraction: { from: 0.3, to: 0.7 }, {{SweepSamples.Decay}}: { from: 0.01, to: 1, scale: log } }
                method: { kind: random, count: 20, seed: 4 }
            """;
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(sweep));
        var settings = Settings([]);
        Assert.Equal(20, settings.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(settings, Settings([]));
        Assert.NotEqual(settings, Settings(["sweeps.draws.method.seed=5"]));
        Assert.All(settings, setting =>
        {
            var numbers = setting.Split(", ").Select(part => RangeValues.Number(part.Split('=')[1])!.Value).ToArray();
            Assert.InRange(numbers[0], 0.3, 0.7);
            Assert.InRange(numbers[1], 0.01, 1);
        });
        var more = Settings(
            [$"sweeps.draws.over={{ {SweepSamples.Rate}: [0.01, 0.02], params.train_fraction: {{ from: 0.3, to: 0.7 }} }}"]);
        Assert.Equal(settings.Select(setting => setting.Split(", ")[0]), more.Select(setting => setting.Split(", ")[1]));

        string[] Settings(string[] overrides) => [.. workspace.Sweep("draws", overrides).Plan().Members.Select(member => member.Described)];
    }

    [Theory]
    [InlineData("points.csv", "params.seed,experiments.small.model.hidden\n1,[8]\n2,\"[8, 8]\"\n")]
    [InlineData(
        "points.jsonl",
        "{\"params.seed\": 1, \"experiments.small.model.hidden\": [8]}\n\n"
        + "{\"params.seed\": \"2\", \"experiments.small.model.hidden\": [8, 8]}\n")]
    [InlineData("points.jsonl", "")]
    public void A_list_is_read_from_a_file_or_from_the_pipeline(string name, string text)
    {
        var method = text.Length > 0
            ? $"{{ kind: list, file: {name} }}"
            : "{ kind: list, points: [{ params.seed: 1, experiments.small.model.hidden: \"[8]\" }, "
                + "{ params.seed: 2, experiments.small.model.hidden: \"[8, 8]\" }] }";
        using var workspace = new SmallWorkspace(SweepSamples.Yaml($"  listed: {{ experiment: small, method: {method} }}"));
        File.WriteAllText(workspace.At(name), text);
        var members = workspace.Sweep("listed").Plan().Members;
        Assert.Equal([[8], [8, 8]], members.Select(member => Hidden(member)));
        Assert.Equal([1UL, 2UL], members.Select(member => member.Ready!.Experiment.Options.Train.Seed));

        static IEnumerable<int> Hidden(PlannedMember member) =>
            ((GrokPipeline.Training.Models.MlpOptions)member.Ready!.Experiment.Options.Model!.Options).Hidden;
    }

    [Theory]
    [InlineData("{ from: 0.1, to: 3, count: 5, scale: log }", "0.1 0.234035 0.547723 1.28186 3")]
    [InlineData("{ from: 0.2, to: 0.4, count: 3 }", "0.2 0.3 0.4")]
    [InlineData("{ from: 1, to: 2, count: 2 }", "1 2")]
    [InlineData("[1.0e-2, \"0.5\"]", "1.0e-2 0.5")]
    public void A_range_gives_numbers_that_read_well_and_a_list_what_is_written(string values, string expected)
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Over(SweepSamples.Decay, values)));
        Assert.Equal(expected, string.Join(' ', workspace.Sweep("one").Plan().Members.Select(member => member.Settings[0].Value)));
    }

    [Theory]
    [InlineData("defaults.train.steps", "{ from: 1000, to: 10000, count: 4, scale: log }", "1000 2154 4642 10000")]
    [InlineData("defaults.train.steps", "{ from: 1.0e3, to: 1002, count: 9 }", "1000 1001 1002")]
    [InlineData("params.seed", "{ from: 0, to: 5, count: 3 }", "0 3 5")]
    [InlineData(SweepSamples.Decay, "{ from: 1, to: 3, count: 4 }", "1 1.66667 2.33333 3")]
    [InlineData(SweepSamples.Decay, "{ from: 0, to: 20, count: 11 }", "0 2 4 6 8 10 12 14 16 18 20")]
    public void A_range_gives_whole_numbers_where_the_option_takes_no_other(string option, string values, string expected)
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Over(option, values)));
        Assert.Equal(expected, string.Join(' ', workspace.Sweep("one").Plan().Members.Select(member => member.Settings[0].Value)));
    }

    [Fact]
    public void Whole_numbers_are_drawn_for_an_option_that_takes_no_other()
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Over(
            "defaults.train.steps", "{ from: 10, to: 90 }", "method: { kind: random, count: 20, seed: 1 }")));
        var steps = workspace.Sweep("one").Plan().Members.Select(member => int.Parse(
            member.Settings[0].Value, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(20, steps.Distinct().Count());
        Assert.All(steps, number => Assert.InRange(number, 10, 90));
    }

    [Fact]
    public void A_plan_that_was_not_written_whole_is_in_nobodys_way()
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Grid));
        var operations = 0;
        workspace.Sweep("grid", ["params.seed=1", "sweeps.grid.seeds=null"], announce: _ => operations++).Write(Other().Plan());
        for (var last = 0; last < operations; last++)
        {
            Directory.Delete(workspace.At("models"), recursive: true);
            var left = last;
            var run = Other(_ => { if (left-- == 0) { throw new IOException("killed"); } });
            Assert.Throws<IOException>(() => run.Write(run.Plan()));
            Assert.Equal(8, SweepStatus.Of(PipelineFile.Read(workspace.PipelinePath), "grid")[0].Waiting);
            Assert.Single(workspace.Sweep("grid").Collect());
            Other().Write(Other().Plan());
        }
        Assert.InRange(operations, 4, 100);

        SweepRun Other(Action<Files.FileOperation>? announce = null) =>
            workspace.Sweep("grid", ["params.seed=1", "sweeps.grid.seeds=null"], announce: announce);
    }

    [Fact]
    public void The_sweep_of_the_documentation_is_that_of_the_default_pipeline()
    {
        var page = File.ReadAllText(Repository.At("docs/sweeps.md")).ReplaceLineEndings("\n").Split("```yaml\n")[1].Split("```")[0];
        var file = File.ReadAllText(Repository.At("pipeline.yaml")).ReplaceLineEndings("\n").Split("\nsweeps:")[0];
        using var shown = new SmallWorkspace($"{file}\n{page}");
        using var committed = new SmallWorkspace(File.ReadAllText(Repository.At("pipeline.yaml")));
        Assert.Equal(
            committed.Sweep("phase_diagram").Plan().Members.Select(member => member.Described),
            shown.Sweep("phase_diagram").Plan().Members.Select(member => member.Described));
    }

    [Fact]
    public void A_thousand_members_are_planned_within_seconds()
    {
        using var workspace = new SmallWorkspace(
            SweepSamples.Yaml(SweepSamples.Over(SweepSamples.Decay, "{ from: 0.1, to: 3, count: 1000 }")));
        var begin = TimeProvider.System.GetTimestamp();
        Assert.Equal(1000, workspace.Sweep("one").Plan().Count);
        Assert.InRange(TimeProvider.System.GetElapsedTime(begin).TotalSeconds, 0, 20);
    }
}
