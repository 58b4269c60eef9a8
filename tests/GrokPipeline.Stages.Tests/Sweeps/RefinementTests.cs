using System.Globalization;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Stages.Running;
using GrokPipeline.Stages.Sweeps;
using GrokPipeline.Training;

namespace GrokPipeline.Stages.Tests.Sweeps;

public sealed class RefinementTests
{
    // Without a step that learns anything nothing is memorized; with a good rate everything is: a boundary between 1e-6 and 1e-2.
    private const string Sweep = $$"""
          rates:
            experiment: small
            set: { defaults.grokking.generalization.accuracy: 1.0, defaults.train.steps: 200 }
            over: { {{SweepSamples.Rate}}: { from: 1.0e-6, to: 1.0e-2, count: 3, scale: log }, params.train_fraction: [0.5] }
        """;

    [Fact]
    public void Members_are_added_midway_between_neighbours_of_different_outcome()
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(Sweep));
        var told = new List<string>();
        var first = workspace.Sweep("rates").Run(new SweepRequest());
        Assert.Equal(3, first.Plan.Count);
        var finer = workspace.Sweep("rates", tell: said => { if (said is RunWarning warning) { told.Add(warning.Text); } })
            .Run(new SweepRequest { Refine = 2 });
        Assert.Equal(first.Plan.Members.Select(member => member.Id), finer.Plan.Members.Take(3).Select(member => member.Id));
        Assert.Equal(5, finer.Plan.Count);
        Assert.Equal((2, 3), (finer.Trained, finer.Before));
        Assert.Equal("0.001", finer.Plan.Members[3].Settings[0].Value);          // √(1e-4 · 1e-2)
        Assert.Equal(
            $"adds {SweepSamples.Rate}=0.001, between confusion at 0.0001 and memorized only at 0.01, with params.train_fraction=0.5",
            told[0]);
        Assert.NotEqual(first.Plan.Id, finer.Plan.Id);
        var again = workspace.Sweep("rates").Run(new SweepRequest { Refine = 2 });
        Assert.Equal((0, finer.Plan.Id), (again.Trained, again.Plan.Id));
        Assert.Equal(3, SweepStatus.Of(PipelineFile.Read(workspace.PipelinePath), "rates").Count);
    }

    [Fact]
    public void Whole_numbers_are_refined_until_they_are_neighbours()
    {
        using var workspace = new SmallWorkspace(SweepSamples.Yaml(SweepSamples.Over("defaults.train.steps", "[2, 200]")));
        var run = workspace.Sweep("one", ["defaults.train.evaluate_every=1"]);
        var finer = run.Run(new SweepRequest { Refine = 20 });
        var steps = finer.Plan.Members.Select(member => int.Parse(member.Settings[0].Value, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal([2, 200, 101], steps[..3]);
        Assert.InRange(steps.Length, 7, 20);
        Assert.Contains(steps, step => step != 2 && steps.Contains(step - 1));
        Assert.Equal(0, workspace.Sweep("one", ["defaults.train.evaluate_every=1"]).Run(new SweepRequest { Refine = 20 }).Trained);
    }

    // The report takes a member that was ended as collapsed as collapsed, and of equal counts the outcome that claims less.
    [Theory]
    [InlineData("budget 1, budget 0.1; budget 0.1, budget 0.1", null)]
    [InlineData("budget 1, budget 1; budget 0.1, budget 0.1", "between memorized only at 0.01 and confusion at 0.02")]
    [InlineData("budget 1, budget 1; collapsed 1, collapsed 1", "between memorized only at 0.01 and collapsed at 0.02")]
    public void Outcomes_are_those_of_the_report(string members, string? expected)
    {
        using var workspace = new SmallWorkspace(
            SweepSamples.Yaml(SweepSamples.Over(SweepSamples.Rate, "[0.01, 0.02]", "seeds: { count: 2 }")));
        var plan = workspace.Sweep("one").Plan();
        foreach (var (member, text) in plan.Members.Zip(members.Split([", ", "; "], StringSplitOptions.None)))
        {
            var train = double.Parse(text.Split(' ')[1], CultureInfo.InvariantCulture);
            var path = workspace.At($"models/sweeps/one/members/{member.Id}/member.json");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);             // not null: it is below a folder
            File.WriteAllText(path, new MemberResult
            {
                Options = member.Options(plan.Heading).ToJson(), Engine = "none", Budget = 60, Steps = 60, Nonfinite = false,
                Ending = text.StartsWith('c') ? MemberEnding.Collapsed : MemberEnding.Budget, StateSha256 = "",
                Rows =
                [
                    .. Enumerable.Range(0, 7).SelectMany(i => (IEnumerable<(long, Measurement)>)
                        [(i * 10, new("train", "accuracy", train)), (i * 10, new("validation", "accuracy", 0))]),
                ],
            }.Text());
        }
        var told = new List<string>();
        workspace.Sweep("one", tell: said => { if (said is RunWarning warning) { told.Add(warning.Text); } }).Run(
            new SweepRequest { Refine = 1 });
        if (expected is null) { Assert.Empty(told); }
        else { Assert.EndsWith(expected, Assert.Single(told), StringComparison.Ordinal); }
    }

    [Fact]
    public void What_is_no_grid_of_numbers_cannot_be_refined()
    {
        using var workspace = new SmallWorkspace(
            SweepSamples.Yaml(SweepSamples.Over("experiments.small.model.activation", "[square, relu]")));
        var error = Assert.Throws<GrokException>(() => workspace.Sweep("one").Run(new SweepRequest { Refine = 1 }));
        Assert.StartsWith("sweep one cannot be refined: it is no grid with numbers on an axis.", error.Problem, StringComparison.Ordinal);
    }
}
