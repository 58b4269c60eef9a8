using GrokPipeline.Runs;
using GrokPipeline.Stages.Sweeps;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Docs;

public sealed class PresetTests
{
    public static TheoryData<string> Presets =>
        [.. Directory.EnumerateFiles(Repository.At("pipelines"), "*.yaml").Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Presets))]
    public void A_preset_is_read_and_its_header_says_how_it_is_run(string preset)
    {
        var path = Repository.At($"pipelines/{preset}");
        var file = PipelineFile.Read(path);
        Assert.NotEmpty(file.Experiments);
        Assert.All(file.Sweeps, sweep => Assert.InRange(new SweepPlanner(file, sweep).Plan().Count, 2, sweep.Options.MaxMembers));
        Assert.Contains($"# Run: grokpipe run pipelines/{preset}\n", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void The_toy_problem_of_Liu_et_al_goes_through_every_stage()
    {
        using var workspace = new SmallWorkspace(File.ReadAllText(Repository.At("pipelines/liu-2022-toy.yaml")));
        Assert.Empty(workspace.Run(overrides: ["experiments.toy.train.steps=100"]).Failures);
        var run = RunDirectory.Open(workspace.At("models/toy"));
        var final = run.ReadCheckpoint("final");
        Assert.Equal([10, 1], final["embed.weight"].Shape.Extents);
        Assert.Equal([200, 19], final["output.weight"].Shape.Extents);
        // Adam moves an element by about its rate a step: 1e-3 for the embedding, and not the decoder's 1e-4.
        var first = run.ReadCheckpoint("step:0")["embed.weight"].AsSpan<float>().ToArray();
        var moved = first.Zip(final["embed.weight"].AsSpan<float>().ToArray(), (before, after) => Math.Abs(after - before)).Max();
        Assert.InRange(moved, 0.03f, 0.3f);
        Assert.InRange(first.Max(Math.Abs), 0.3f, 0.5f);
    }

    [Fact]
    public void The_toy_problem_s_phases_are_eleven_learning_rates_by_eleven_decays()
    {
        var file = PipelineFile.Read(Repository.At("pipelines/liu-2022-toy.yaml"));
        var members = new SweepPlanner(file, file.FindSweep("phases")).Plan().Members;
        Assert.Equal(121, members.Length);
        string[] ends = [members[0].Described, members[^1].Described];
        Assert.Equal(["learning_rate=1E-05, weight_decay=0", "learning_rate=0.01, weight_decay=20"], ends);
    }

    [Theory(Explicit = true), Trait("cost", "slow")]
    [InlineData("1.0e-4", "1", "comprehension")]
    [InlineData("6.31e-4", "6", "grokked")]
    [InlineData("2.51e-3", "0", "memorized only")]
    [InlineData("1.0e-4", "16", "confusion")]
    public void The_toy_problem_has_the_four_phases_of_its_header(string rate, string decay, string verdict)
    {
        using var workspace = new SmallWorkspace(File.ReadAllText(Repository.At("pipelines/liu-2022-toy.yaml")));
        var optimizer = "experiments.toy.train.optimizer";
        Assert.Empty(workspace.Run(overrides: [$"{optimizer}.learning_rate={rate}", $"{optimizer}.weight_decay={decay}"]).Failures);
        Assert.Equal(verdict, RunDirectory.Open(workspace.At("models/toy")).Verdict);
    }

    [Fact]
    public void A_group_without_parameters_is_refused_at_its_place()
    {
        using var workspace = new SmallWorkspace(SmallWorkspace.Yaml.Replace(
            "weight_decay: 1 }", "weight_decay: 1, groups: { embed: { learning_rate: 1 } } }", StringComparison.Ordinal));
        var error = Assert.Throws<GrokException>(() => workspace.Run());
        Assert.Equal(
            "pipeline.yaml:19:88  experiments.small.train.optimizer.groups: No parameter belongs to the group 'embed'. Name a parameter, "
            + "the beginning of some before a dot, or a pattern with *. The model has: hidden.0.weight, output.weight.",
            $"{Path.GetFileName(error.Where)}  {error.Problem}");
    }
}
