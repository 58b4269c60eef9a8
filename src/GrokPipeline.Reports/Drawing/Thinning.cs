namespace GrokPipeline.Reports.Drawing;

/// <summary>Long curves are drawn with fewer points, extremes kept, so that no spike is lost.</summary>
internal static class Thinning
{
    private const int Most = 2000;

    /// <summary>Indices to draw, ascending: all of a short curve; of a long one each bucket's first, smallest and largest.</summary>
    public static IEnumerable<int> Keep(IReadOnlyList<double> values)
    {
        if (values.Count <= Most) { return Enumerable.Range(0, values.Count); }
        var keep = new SortedSet<int> { values.Count - 1 };
        var buckets = Most / 3;
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            var from = (int)((long)bucket * values.Count / buckets);
            var to = (int)((bucket + 1L) * values.Count / buckets);
            var (low, high) = (from, from);
            for (var i = from; i < to; i++)
            {
                if (values[i] < values[low] || double.IsNaN(values[low])) { low = i; }
                if (values[i] > values[high] || double.IsNaN(values[high])) { high = i; }
            }
            keep.UnionWith([from, low, high]);
        }
        return keep;
    }
}
