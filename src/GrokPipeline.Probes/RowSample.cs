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

    /// <summary>The same for a probe that compares rows with each other.</summary>
    /// <param name="context">Rows, splits and seed.</param>
    /// <param name="split">A split, or <c>all</c>.</param>
    /// <param name="most">At most this many.</param>
    /// <param name="probe">The probe's kind, for the message.</param>
    /// <exception cref="GrokException">There is no such split, or it has fewer than two rows.</exception>
    public static int[] Of(ProbeContext context, string split, int most, string probe)
    {
        var rows = Of(context, split, most);
        return rows.Length >= 2 ? rows : throw new GrokException(
            $"The {probe} probe has {rows.Length} rows of '{split}' to look at; it needs at least 2.", "Choose another split with 'on'.");
    }

    /// <summary>What a finding was read of: <c>loss on train</c>; rows of all splits are not named.</summary>
    public static string Title(string what, string split) => split == "all" ? what : $"{what} on {split}";

    /// <summary>Problems of the options that name rows.</summary>
    public static IEnumerable<OptionProblem> Problems(string on, int rows, int most)
    {
        if (on.Length == 0) { yield return new("on", "on is empty; name a split such as train, or all."); }
        if (rows < 2 || rows > most) { yield return new("max_rows", $"max_rows is {rows}; give a number from 2 to {most}."); }
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
