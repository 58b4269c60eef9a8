using System.Collections.Immutable;
using GrokPipeline.Data.Clusters;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.Generators;

/// <summary>Columns of a table of features that is listed, not drawn, in the order in which they are written.</summary>
internal static class FeatureList
{
    /// <summary>The table with columns <c>row</c>, <c>x</c>, the label and, where asked for, subclasses by k-means.</summary>
    /// <param name="x">Row-major features.</param>
    /// <param name="width">Features of a row.</param>
    /// <param name="label">The column of labels.</param>
    /// <param name="labels">Its cells.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="clusters">How subclasses are found; null for none.</param>
    /// <param name="others">Further columns.</param>
    internal static Table Of(
        float[] x, int width, ColumnValues label, long[] labels, int classes, ClusterOptions? clusters, ImmutableArray<ColumnValues> others)
    {
        ColumnValues[] columns =
        [
            ColumnValues.Of("row", [.. Enumerable.Range(0, labels.Length).Select(row => (long)row)], "Index in the whole table"),
            ColumnValues.Vector("x", width, x, "Features"),
            label,
            .. others,
        ];
        return Table.Of(clusters is null ? columns : [.. columns, ClusterColumn.Of(x, width, labels, classes, clusters)]);
    }
}
