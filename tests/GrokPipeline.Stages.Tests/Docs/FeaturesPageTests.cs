using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Docs;

/// <summary>The pipelines of docs/features.md are read without a problem, and the first of the two runs.</summary>
public sealed class FeaturesPageTests
{
    private static string[] Pipelines =>
    [
        .. File.ReadAllText(Repository.At("docs/features.md")).ReplaceLineEndings("\n").Split("```yaml\n").Skip(1)
            .Select(block => block.Split("```")[0]).Where(block => block.StartsWith("schema: 1", StringComparison.Ordinal)),
    ];

    [Fact]
    public void Its_pipelines_are_read()
    {
        Assert.Equal(2, Pipelines.Length);
        Assert.All(Pipelines, yaml =>
        {
            using var workspace = new SmallWorkspace(yaml);
            Assert.Single(PipelineFile.Read(workspace.PipelinePath).Experiments);
        });
    }

    [Fact]
    public void Rare_clusters_of_digits_run_through_every_stage()
    {
        using var workspace = new SmallWorkspace(Pipelines[0]);
        Assert.Empty(workspace.Run(overrides:
        [
            "datasets.digits.with.size=10", "datasets.digits.with.train_rows=3000", "datasets.digits.with.test_rows=500",
            "experiments.digits.train.steps=40", "experiments.digits.train.evaluate_every=20",
        ]).Failures);
        var card = File.ReadAllText(workspace.At("data/digits/dataset.json"));
        Assert.Contains("They are not MNIST", card, StringComparison.Ordinal);
        Assert.True(File.Exists(workspace.At("data/digits/shifts/kept.parquet")));
    }
}
