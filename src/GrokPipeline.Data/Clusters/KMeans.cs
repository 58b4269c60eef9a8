using System.Runtime.Intrinsics;

namespace GrokPipeline.Data.Clusters;

/// <summary>
/// k-means by Lloyd's method from the starts of k-means++ (Arthur and Vassilvitskii 2007). The same clusters on any machine: distances
/// are sums over 16 lanes in a fixed order, of equally near centres the first wins.
/// </summary>
internal static class KMeans
{
    /// <summary>The cluster of each point, clusters in falling order of their size (of equal size: of their first point).</summary>
    /// <param name="points">Row-major, shape [rows, width].</param>
    /// <param name="width">Elements of a point.</param>
    /// <param name="clusters">How many clusters, at least 1.</param>
    /// <param name="iterations">Most rounds of Lloyd's method.</param>
    /// <param name="restarts">How often it begins anew; the least sum of squared distances is kept, of equal ones the first.</param>
    /// <param name="seed">Root of the starts.</param>
    /// <returns>Null when there are fewer different points than clusters.</returns>
    internal static int[]? Of(float[] points, int width, int clusters, int iterations, int restarts, Seed seed)
    {
        int[]? best = null;
        var least = double.PositiveInfinity;
        for (var restart = 0; restart < restarts; restart++)
        {
            var centres = Starts(points, width, clusters, seed.Derive($"restart-{restart}").Stream());
            if (centres is null) { return null; }
            var (assigned, sum) = Lloyd(points, width, centres, iterations);
            if (sum < least) { (best, least) = (assigned, sum); }
        }
        return best is null ? null : BySize(best, clusters);
    }

    // k-means++: each further start is a point drawn in proportion to its squared distance from the nearest one before.
    private static float[][]? Starts(float[] points, int width, int clusters, RandomStream stream)
    {
        var rows = points.Length / width;
        var (centres, nearest) = (new float[clusters][], new double[rows]);
        Array.Fill(nearest, double.PositiveInfinity);
        for (var chosen = 0; chosen < clusters; chosen++)
        {
            var row = chosen == 0 ? stream.NextBelow(rows) : Drawn(nearest, stream.NextUniform());
            if (row < 0) { return null; }
            centres[chosen] = points.AsSpan(row * width, width).ToArray();
            for (var i = 0; i < rows; i++)
            {
                nearest[i] = Math.Min(nearest[i], SquaredDistance(points.AsSpan(i * width, width), centres[chosen]));
            }
        }
        return centres;
    }

    // The first row whose running sum is above the draw; −1 when all weights are 0.
    private static int Drawn(double[] weights, double uniform)
    {
        var total = 0.0;
        foreach (var weight in weights) { total += weight; }
        if (!(total > 0)) { return -1; }
        var (draw, sum, last) = (uniform * total, 0.0, -1);
        for (var row = 0; row < weights.Length; row++)
        {
            if (weights[row] == 0) { continue; }
            (sum, last) = (sum + weights[row], row);
            if (sum > draw) { return row; }
        }
        return last;
    }

    private static (int[] Assigned, double Sum) Lloyd(float[] points, int width, float[][] centres, int iterations)
    {
        var rows = points.Length / width;
        var (assigned, distances) = (new int[rows], new float[rows]);
        for (var iteration = 0; ; iteration++)
        {
            var changed = false;
            for (var row = 0; row < rows; row++)
            {
                var (cluster, distance) = Nearest(points.AsSpan(row * width, width), centres);
                changed |= iteration == 0 || cluster != assigned[row];
                (assigned[row], distances[row]) = (cluster, distance);
            }
            changed |= Refill(assigned, distances, centres.Length);
            if (!changed || iteration == iterations) { break; }
            Move(points, width, assigned, centres);
        }
        var sum = 0.0;
        foreach (var distance in distances) { sum += distance; }
        return (assigned, sum);
    }

    private static (int Cluster, float Distance) Nearest(ReadOnlySpan<float> point, float[][] centres)
    {
        var (best, least) = (0, float.PositiveInfinity);
        for (var cluster = 0; cluster < centres.Length; cluster++)
        {
            var distance = SquaredDistance(point, centres[cluster]);
            if (distance < least) { (best, least) = (cluster, distance); }
        }
        return (best, least);
    }

    // A cluster that lost its last point takes the point that is farthest from its centre, of those that leave no other one empty.
    private static bool Refill(int[] assigned, float[] distances, int clusters)
    {
        var counts = new int[clusters];
        foreach (var cluster in assigned) { counts[cluster]++; }
        var changed = false;
        for (var cluster = 0; cluster < clusters; cluster++)
        {
            if (counts[cluster] > 0) { continue; }
            var farthest = -1;
            for (var row = 0; row < assigned.Length; row++)
            {
                if (counts[assigned[row]] > 1 && (farthest < 0 || distances[row] > distances[farthest])) { farthest = row; }
            }
            if (farthest < 0) { continue; }
            counts[assigned[farthest]]--;
            (assigned[farthest], distances[farthest], counts[cluster], changed) = (cluster, 0, 1, true);
        }
        return changed;
    }

    private static void Move(float[] points, int width, int[] assigned, float[][] centres)
    {
        var (sums, counts) = (new double[centres.Length][], new int[centres.Length]);
        for (var cluster = 0; cluster < sums.Length; cluster++) { sums[cluster] = new double[width]; }
        for (var row = 0; row < assigned.Length; row++)
        {
            var sum = sums[assigned[row]];
            counts[assigned[row]]++;
            for (var i = 0; i < width; i++) { sum[i] += points[(row * width) + i]; }
        }
        for (var cluster = 0; cluster < sums.Length; cluster++)
        {
            for (var i = 0; i < width && counts[cluster] > 0; i++) { centres[cluster][i] = (float)(sums[cluster][i] / counts[cluster]); }
        }
    }

    private static float SquaredDistance(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var lanes = Vector512<float>.Zero;
        for (; x.Length >= Vector512<float>.Count; x = x[Vector512<float>.Count..], y = y[Vector512<float>.Count..])
        {
            var difference = Vector512.Create(x) - Vector512.Create(y);
            lanes += difference * difference;
        }
        Span<float> rest = stackalloc float[Vector512<float>.Count];
        for (var i = 0; i < x.Length; i++) { rest[i] = (x[i] - y[i]) * (x[i] - y[i]); }
        return Lanes.Fold(lanes + Vector512.Create<float>(rest));
    }

    private static int[] BySize(int[] assigned, int clusters)
    {
        var (counts, firsts) = (new int[clusters], new int[clusters]);
        Array.Fill(firsts, int.MaxValue);
        for (var row = 0; row < assigned.Length; row++)
        {
            counts[assigned[row]]++;
            firsts[assigned[row]] = Math.Min(firsts[assigned[row]], row);
        }
        var order = Enumerable.Range(0, clusters).OrderByDescending(cluster => counts[cluster]).ThenBy(cluster => firsts[cluster]).ToArray();
        return Array.ConvertAll(assigned, cluster => Array.IndexOf(order, cluster));
    }
}
