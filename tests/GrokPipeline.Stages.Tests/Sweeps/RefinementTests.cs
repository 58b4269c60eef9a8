using GrokPipeline.Stages.Running;
using GrokPipeline.Stages.Sweeps;

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
    public void What_is_no_grid_of_numbers_cannot_be_refined()
    {
        using var workspace = new SmallWorkspace(
            SweepSamples.Yaml(SweepSamples.Over("experiments.small.model.activation", "[square, relu]")));
        var error = Assert.Throws<GrokException>(() => workspace.Sweep("one").Run(new SweepRequest { Refine = 1 }));
        Assert.StartsWith("sweep one cannot be refined: it is no grid with numbers on an axis.", error.Problem, StringComparison.Ordinal);
    }
}
