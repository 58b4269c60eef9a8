namespace GrokPipeline.Probes;

/// <summary>Which rows a probe reads: a subset drawn once by seed, so that every checkpoint is seen through the same rows.</summary>
internal static class RowSample
{
    /// <summary>Indices into the context's rows, ascending: <paramref name="count"/> of a split, all when it has fewer.</summary>
    /// <param name="context">Rows and splits.</param>
    /// <param name="split">A split's name, or <c>all</c>.</param>
    /// <param name="count">Most rows.</param>
    /// <param name="probe">The probe's kind, for messages and the name of the stream.</param>
    /// <exception cref="GrokException">There is no such split, or it has fewer than two rows.</exception>
    public static int[] Of(ProbeContext context, string split, int count, string probe)
    {
        var range = context.Split(split);
        if (range.Count < 2)
        {
            throw new GrokException(
                $"The {probe} probe has {range.Count} rows of '{split}' to look at; it needs at least 2.", "Choose another split with 'on'.");
        }
        var rows = Enumerable.Range(range.First, range.Count).ToArray();
        if (rows.Length <= count) { return rows; }
        context.Seed.Derive($"{probe}/rows").Stream().Shuffle(rows.AsSpan());
        rows = rows[..count];
        Array.Sort(rows);
        return rows;
    }

    /// <summary>Problems of the options that name rows.</summary>
    public static IEnumerable<OptionProblem> Problems(string on, int rows, int most)
    {
        if (on.Length == 0) { yield return new("on", "on is empty; name a split such as train, or all."); }
        if (rows < 2 || rows > most) { yield return new("rows", $"rows is {rows}; give a number from 2 to {most}."); }
    }
}
