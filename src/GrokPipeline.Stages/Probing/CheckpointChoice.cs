using System.Globalization;

namespace GrokPipeline.Stages.Probing;

/// <summary>
/// Words for stored checkpoints: a mark, <c>step:N</c>, <c>marks</c> for all that have one, <c>all</c>, or <c>spread:N</c> for at most N of
/// them: the first and the last, and between them those nearest to equal distances on a logarithmic axis.
/// </summary>
internal static class CheckpointChoice
{
    private const string Spread = "spread:";

    /// <summary>True when a text is one of the words, the marks left aside.</summary>
    public static bool IsWord(string text) => text is "all" or "marks" || CountOf(text) is not null
        || (text.StartsWith("step:", StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>The steps that a text means; none for a mark that never happened.</summary>
    /// <exception cref="GrokException">Nothing was stored at the step.</exception>
    public static IEnumerable<long> Steps(string text, MarksFile marks) => text switch
    {
        "all" => marks.Stored,
        "marks" => marks.Found.Select(mark => mark.Step),
        _ when CountOf(text) is { } count => Spaced([.. marks.Stored.Order()], count),
        _ => marks.StepOf(text) is { } step ? [step] : [],
    };

    private static int? CountOf(string text) => text.StartsWith(Spread, StringComparison.Ordinal)
        && int.TryParse(text.AsSpan(Spread.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 2
            ? count : null;

    private static IEnumerable<long> Spaced(long[] stored, int count)
    {
        if (stored.Length <= count) { return stored; }
        var (low, high) = (PortableMath.Log(stored[0] + 1), PortableMath.Log(stored[^1] + 1));
        return Enumerable.Range(0, count).Select(i => low + ((high - low) * i / (count - 1)))
            .Select(place => stored.MinBy(step => Math.Abs(PortableMath.Log(step + 1) - place))).Distinct();
    }
}
