using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Data;

public sealed class XorClustersTests
{
    [Fact]
    public void Without_spread_the_four_means_are_opposite_and_orthogonal()
    {
        var train = DatasetBuilder.Build(Spec(8, sigma: 0)).Splits["train"];
        double[][] means = [.. Enumerable.Range(0, 4).Select(cluster => Row(train, train.Int64("subclass").IndexOf(cluster)))];
        Assert.Equal(means[0].Select(value => -value), means[1]);
        Assert.Equal(means[2].Select(value => -value), means[3]);
        Assert.Equal(0.0, means[0].Zip(means[2], (x, y) => x * y).Sum(), 4);
        Assert.All(means, mean => Assert.Equal(5.0, Math.Sqrt(mean.Sum(value => value * value)), 4));
    }

    [Fact]
    public void A_linear_rule_is_at_chance_and_the_product_of_two_projections_is_not()
    {
        // The label is 0 where the projection on μ₁ is the larger one in absolute value.
        var tables = DatasetBuilder.Build(Spec(400, sigma: 1, validation: 2000));
        var mean = DatasetBuilder.Build(Spec(8, sigma: 0)).Splits["train"];
        var (first, second) = (Row(mean, 0), Row(mean, 4));
        var validation = tables.Splits["validation"];
        var rows = Enumerable.Range(0, validation.Rows).Select(row => (X: Row(validation, row), Label: validation.Int64("label")[row])).ToArray();
        Assert.Equal(0.5, rows.Average(row => Dot(row.X, first) > 0 == (row.Label == 0) ? 1.0 : 0.0), 0.05);
        Assert.True(rows.Average(row => Math.Abs(Dot(row.X, first)) > Math.Abs(Dot(row.X, second)) == (row.Label == 0) ? 1.0 : 0.0) > 0.99);
    }

    [Fact]
    public void The_stated_share_of_train_is_flipped_and_nothing_elsewhere()
    {
        var tables = DatasetBuilder.Build(Spec(4000, noise: 0.05));
        Assert.InRange(Flipped(tables.Splits["train"]), 155, 245);                              // 200, three standard deviations of 14
        Assert.Equal(0, Flipped(tables.Splits["validation"]));
        Assert.Equal(Flipped(tables.Splits["train"]), tables.Distribution("train").WrongLabels);
        Assert.All(Enumerable.Range(0, 4000),
            row => Assert.Equal(tables.Splits["train"].Int64("subclass")[row] / 2, tables.Splits["train"].Int64("clean")[row]));
        Assert.Equal([1000, 1000, 1000, 1000], tables.Distribution("train").RowsPerGroup);
    }

    [Fact]
    public void Its_clusters_can_be_rare_as_subclasses_are()
    {
        var spec = Spec(400);
        spec = spec with { Split = spec.Split with { Train = new SplitPart { Rows = 400, ShiftedPerClass = 1, SubclassRate = 0 } } };
        Assert.Equal([200, 0, 200, 0], DatasetBuilder.Build(spec).Distribution("train").RowsPerGroup);
    }

    [Fact]
    public void Mistakes_are_all_told_with_their_options() => Assert.Equal(
        ["dimensions", "mean_norm", "sigma", "label_noise"],
        new XorClustersOptions { Dimensions = 1, MeanNorm = 0, Sigma = double.NaN, LabelNoise = 0.5 }.Problems()
            .Select(problem => problem.Option));

    private static DatasetSpec Spec(int rows, double sigma = 1, double noise = 0, int validation = 40) => new()
    {
        Use = "xor_clusters",
        With = new XorClustersOptions { Dimensions = 30, MeanNorm = 5, Sigma = sigma, LabelNoise = noise },
        Split = new SplitSpec { Train = new SplitPart { Rows = rows }, Validation = new SplitPart { Rows = validation } },
    };

    private static double[] Row(Table table, int row) =>
        Array.ConvertAll(table.Vector("x").Slice(row * 30, 30).ToArray(), value => (double)value);

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    private static int Flipped(Table table) =>
        Enumerable.Range(0, table.Rows).Count(row => table.Int64("label")[row] != table.Int64("clean")[row]);
}
