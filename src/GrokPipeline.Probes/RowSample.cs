namespace GrokPipeline.Probes;

/// <summary>Some rows of the context, drawn by its seed where there are more than a probe reads.</summary>
internal static class RowSample
{
    /// <summary>Indices of rows of a split, ascending; all of them when there are no more than asked for.</summary>
    /// <param name="context">Rows, splits and seed.</param>
    /// <param name="split">A split, or <c>all</c>.</param>
    /// <param name="most">At most this many.</param>
    /// <exception cref="GrokException">There is no such split, or it has no rows.</exception>
    public static int[] Of(ProbeContext context, string split, int most)
    {
        var range = context.Split(split);
        if (range.Count == 0) { throw new GrokException($"The split '{split}' has no rows to probe on.", "Choose another split, or all."); }
        var rows = Enumerable.Range(range.First, range.Count).ToArray();
        if (rows.Length <= most) { return rows; }
        context.Seed.Derive($"rows/{split}").Stream().Shuffle(rows.AsSpan());
        Array.Resize(ref rows, most);
        Array.Sort(rows);
        return rows;
    }

    /// <summary>The classes of rows.</summary>
    /// <exception cref="GrokException">A label is out of range.</exception>
    public static int[] Targets(ProbeContext context, ReadOnlySpan<int> rows)
    {
        var labels = context.Rows.Int64(context.Facts.Target);
        var targets = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            targets[i] = labels[rows[i]] is var label && label >= 0 && label < context.Facts.Classes
                ? (int)label
                : throw new GrokException(
                    $"Column {context.Facts.Target} holds {labels[rows[i]]}; it was expected to be 0 to {context.Facts.Classes - 1}.",
                    "Use the dataset's own tables.");
        }
        return targets;
    }
}
