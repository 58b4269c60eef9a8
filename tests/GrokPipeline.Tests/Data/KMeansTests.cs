using GrokPipeline.Data.Clusters;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Data;

public sealed class KMeansTests
{
    [Fact]
    public void Clouds_far_from_each_other_are_the_clusters_the_largest_first()
    {
        // Three clouds of 20, 50 and 30 points in 20 dimensions, mixed; the centres are 10 apart, the spread is 0.5.
        var stream = new Seed(3).Stream();
        int[] cloud = [.. Enumerable.Range(0, 100).Select(row => row % 10 < 2 ? 0 : row % 10 < 7 ? 1 : 2)];
        float[] points = [.. cloud.SelectMany(own => Enumerable.Range(0, 20).Select(i => (float)((i == own ? 10 : 0) + (0.5 * stream.NextNormal()))))];
        var clusters = Clusters(points, 20, 3, new ClusterOptions { PerClass = 3, Standardize = false });
        Assert.Equal(cloud.Select(own => own == 1 ? 0L : own == 2 ? 1 : 2), clusters);
    }

    [Fact]
    public void On_a_line_it_finds_the_split_that_trying_all_splits_finds()
    {
        // In one dimension clusters are intervals of the sorted points, so that all of them can be tried.
        var stream = new Seed(5).Stream();
        float[] points = [.. Enumerable.Range(0, 40).Select(_ => (float)stream.NextUniform())];
        var clusters = Clusters(points, 1, 2, new ClusterOptions { PerClass = 2, Restarts = 10, Iterations = 100, Standardize = false });
        var sorted = points.Order().ToArray();
        var best = Enumerable.Range(1, 39).Min(cut => Spread(sorted[..cut]) + Spread(sorted[cut..]));
        var found = Enumerable.Range(0, 2).Sum(cluster => Spread([.. points.Where((_, row) => clusters[row] == cluster)]));
        Assert.Equal(best, found, 5);
    }

    [Fact]
    public void Standardized_features_weigh_alike()
    {
        // The first feature separates and is small; the second is noise and large.
        var stream = new Seed(7).Stream();
        float[] points = [.. Enumerable.Range(0, 200).SelectMany(row => new[] { row % 4 == 0 ? 0.01f : 0f, (float)(100 * stream.NextUniform()) })];
        var plain = Clusters(points, 2, 2, new ClusterOptions { PerClass = 2, Standardize = false });
        var standard = Clusters(points, 2, 2, new ClusterOptions { PerClass = 2 });
        Assert.Equal(Enumerable.Range(0, 200).Select(row => row % 4 == 0 ? 1L : 0L), standard);
        Assert.NotEqual(standard, plain);
    }

    [Fact]
    public void The_same_seed_gives_the_same_clusters_and_a_class_is_clustered_by_itself()
    {
        var stream = new Seed(9).Stream();
        float[] points = [.. Enumerable.Range(0, 3 * 100).Select(_ => (float)stream.NextNormal())];
        long[] labels = [.. Enumerable.Range(0, 100).Select(row => row % 2L)];
        var clusters = Of(points, 3, labels, new ClusterOptions { PerClass = 4 });
        Assert.Equal(clusters, Of(points, 3, labels, new ClusterOptions { PerClass = 4 }));
        Assert.All(Enumerable.Range(0, 100), row => Assert.Equal(labels[row], clusters[row] / 4));
        Assert.Equal(8, clusters.Distinct().Count());
        var counts = clusters.CountBy(cluster => cluster).ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.All([0L, 1, 2, 4, 5, 6], cluster => Assert.True(counts[cluster] >= counts[cluster + 1]));
    }

    [Theory]
    [InlineData(2, true), InlineData(3, false)]
    public void Fewer_different_rows_than_clusters_are_refused(int clusters, bool possible)
    {
        // Six rows, two different ones.
        float[] points = [1, 1, 2, 2, 1, 1];
        if (possible) { Assert.Equal([0, 0, 1, 1, 0, 0], Clusters(points, 1, 2, new ClusterOptions { PerClass = clusters })); }
        else
        {
            var error = Assert.Throws<GrokException>(() => Clusters(points, 1, 1, new ClusterOptions { PerClass = clusters }));
            Assert.StartsWith("Class 0 has 6 rows, fewer different ones than the 3 clusters", error.Problem, StringComparison.Ordinal);
        }
    }

    private static double Spread(float[] points)
    {
        var mean = points.Length > 0 ? points.Average(point => (double)point) : 0;
        return points.Sum(point => (point - mean) * (point - mean));
    }

    private static long[] Clusters(float[] points, int width, int expected, ClusterOptions options)
    {
        var clusters = Of(points, width, new long[points.Length / width], options);
        Assert.Equal(expected, clusters.Distinct().Count());
        return clusters;
    }

    private static long[] Of(float[] points, int width, long[] labels, ClusterOptions options) => Table.Of(
        ClusterColumn.Of(points, width, labels, (int)labels.Max() + 1, options)).Int64("subclass").ToArray();
}
