namespace GrokPipeline.Reports.Sections;

/// <summary>The marked checkpoints, in the order of training, and how they are called.</summary>
internal static class Marks
{
    private static readonly string[] Order = ["before_grok", "at_grok", "after_grok", "final"];

    /// <summary>Marks that occur, in the order of training; unknown ones last.</summary>
    public static IReadOnlyList<string> In(IEnumerable<string> marks) =>
        [.. marks.Where(mark => mark.Length > 0).Distinct().OrderBy(Rank).ThenBy(mark => mark, StringComparer.Ordinal)];

    /// <summary>The two marks whose comparison is the point: before grokking and the end; else the first and last that occur.</summary>
    public static (string Before, string After)? Pair(IReadOnlyList<string> marks) => marks.Count switch
    {
        0 => null,
        1 => (marks[0], marks[0]),
        _ => (marks[0], marks.Contains("after_grok") ? "after_grok" : marks[^1]),
    };

    /// <summary><c>before_grok</c> as people say it.</summary>
    public static string Words(string mark) => mark switch
    {
        "before_grok" => "before grokking",
        "at_grok" => "at grokking",
        "after_grok" => "after grokking",
        _ => mark.Replace('_', ' '),
    };

    private static int Rank(string mark) => Array.IndexOf(Order, mark) is var at and >= 0 ? at : Order.Length;
}
