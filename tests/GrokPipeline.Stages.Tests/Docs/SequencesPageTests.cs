using System.Text;
using GrokPipeline.Data;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Docs;

public sealed class SequencesPageTests
{
    [Fact]
    public void The_datasets_that_docs_sequences_shows_can_be_made()
    {
        var yaml = Assert.Single(ReadMe.Blocks("yaml", "docs/sequences.md"));
        var pipeline = PipelineFile.Parse("sequences.md", Encoding.UTF8.GetBytes($"schema: 1\n{yaml}"), "/", []);
        var made = pipeline.Datasets.ToDictionary(entry => entry.Name, entry => DatasetBuilder.Build(entry.Spec));
        Assert.Equal([4, 4, 2], ((string[])["sorted", "sums", "power"]).Select(name => made[name].Facts.AnswerLength));
        Assert.All(made["sorted"].Shifts.Values.Concat(made["sums"].Shifts.Values), rows => Assert.True(rows.Rows > 100));
        Assert.Equal(239, made["power"].Facts.Classes);
    }
}
