using System.Text;
using GrokPipeline.Data;
using GrokPipeline.Testing;

namespace GrokPipeline.Stages.Tests.Docs;

public sealed class ShiftsPageTests
{
    [Fact]
    public void The_datasets_that_docs_shifts_shows_can_be_made_and_are_what_the_page_says()
    {
        var yaml = Assert.Single(ReadMe.Blocks("yaml", "docs/shifts.md"));
        var pipeline = PipelineFile.Parse("shifts.md", Encoding.UTF8.GetBytes($$"""
            schema: 1
            {{yaml}}
            experiments:
              e: { data: noisy_sums, model: { kind: mlp, encode: onehot, hidden: [8] }, train: { optimizer: adamw } }
            """), "/", []);
        var made = pipeline.Datasets.ToDictionary(entry => entry.Name, entry => DatasetBuilder.Build(entry.Spec));
        Assert.Equal(1647, Card("noisy_sums", "train").WrongLabels);             // 0.35 · 4,705 = 1646.75
        Assert.Equal((1647, 0), (Card("noisy_sums", "corrected").Rows, Card("noisy_sums", "corrected").WrongLabels));
        Assert.InRange(Card("outliers", "train").WrongLabels, 90, 100);
        // a^2 + ab + b^2 has two factors modulo 97, so that it takes each value but 0 for 96 pairs.
        Assert.Equal((5 * 96, 0), (Card("regions", "residues").Rows, Card("regions", "validation").TwinsInTrain));
        Assert.Equal([0, 0], new[] { 3, 50 }.Select(a => made["regions"].Splits["train"].Int64("a").Count(a)));
        Assert.InRange(Card("rare", "train").RowsPerGroup[3], 5, 8);              // a fifth of 50, then class 1 of 4 keeps 0.5^(1/3) of it
        Assert.Equal(0.0, Card("rare", "brighter").ClassShift, 0.25);

        DistributionCard Card(string dataset, string name) => made[dataset].Card.Distributions.Single(card => card.Name == name);
    }
}
