using GrokPipeline.Tables;

namespace GrokPipeline.Data.Clusters;

/// <summary>Makes a column of subclasses from features: k-means in each class.</summary>
internal static class ClusterColumn
{
    /// <summary>The column's name.</summary>
    internal const string Name = "subclass";

    /// <summary>What a reader should know of the subclasses.</summary>
    internal static string Note(ClusterOptions options) =>
        $"OUR CHOICE: the subclasses are {options.PerClass} clusters of each class by k-means over all rows "
        + $"({(options.Standardize ? "standardized " : "")}features, {options.Restarts} starts by k-means++, at most {options.Iterations} "
        + "rounds); those of a class are numbered from the largest to the smallest, so that its last ones are the smallest.";

    /// <summary>The subclass of each row: class × clusters + cluster.</summary>
    /// <param name="features">Row-major features, shape [rows, width].</param>
    /// <param name="width">Features of a row.</param>
    /// <param name="labels">The class of each row.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="options">Without problems.</param>
    /// <exception cref="GrokException">A class has fewer different rows than it is to have clusters.</exception>
    internal static ColumnValues Of(ReadOnlySpan<float> features, int width, long[] labels, int classes, ClusterOptions options)
    {
        var (points, subclass, few) = (options.Standardize ? Standardized(features, width) : features.ToArray(), new long[labels.Length],
            new int[classes]);
        Parallel.For(0, classes, label =>
        {
            int[] rows = [.. Enumerable.Range(0, labels.Length).Where(row => labels[row] == label)];
            var own = new float[rows.Length * width];
            for (var i = 0; i < rows.Length; i++) { points.AsSpan(rows[i] * width, width).CopyTo(own.AsSpan(i * width)); }
            var seed = new Seed(options.Seed).Derive($"clusters/class-{label}");
            var clusters = rows.Length < options.PerClass
                ? null : KMeans.Of(own, width, options.PerClass, options.Iterations, options.Restarts, seed);
            few[label] = clusters is null ? rows.Length + 1 : 0;
            for (var i = 0; clusters is not null && i < rows.Length; i++) { subclass[rows[i]] = (label * options.PerClass) + clusters[i]; }
        });
        if (Array.FindIndex(few, rows => rows > 0) is var poor and >= 0)
        {
            throw new GrokException(
                $"Class {poor} has {few[poor] - 1} rows, fewer different ones than the {options.PerClass} clusters that it is to have.",
                "Give clusters a smaller per_class, or more rows.", "with.clusters");
        }
        return ColumnValues.Of(Name, subclass, $"Subclass by k-means; class = subclass / {options.PerClass}");
    }

    // Mean 0 and variance 1 for each feature; one that never varies becomes 0.
    private static float[] Standardized(ReadOnlySpan<float> features, int width)
    {
        var (rows, points) = (features.Length / width, new float[features.Length]);
        var (means, squares) = (new double[width], new double[width]);
        for (var i = 0; i < features.Length; i++) { means[i % width] += features[i]; }
        for (var i = 0; i < width; i++) { means[i] /= rows; }
        for (var i = 0; i < features.Length; i++) { squares[i % width] += (features[i] - means[i % width]) * (features[i] - means[i % width]); }
        for (var i = 0; i < points.Length; i++)
        {
            var deviation = Math.Sqrt(squares[i % width] / rows);
            points[i] = deviation > 0 ? (float)((features[i] - means[i % width]) / deviation) : 0;
        }
        return points;
    }
}
