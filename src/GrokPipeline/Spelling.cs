namespace GrokPipeline;

/// <summary>"Did you mean": the nearest known word to a misspelt one.</summary>
public static class Spelling
{
    /// <summary><c> Did you mean 'x'?</c> for a near miss, otherwise nothing.</summary>
    public static string Suggestion(string word, IEnumerable<string> known) =>
        Nearest(word, known) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    /// <summary>The known word with the smallest edit distance, when it is small against the word's length.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        var limit = Math.Max(1, word.Length / 3);
        var best = known.Select(candidate => (candidate, Distance: Distance(word, candidate)))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.candidate, StringComparer.Ordinal).FirstOrDefault();
        return best.candidate is not null && best.Distance <= limit ? best.candidate : null;
    }

    // Optimal string alignment: insert, delete, substitute, and swap of two neighbours each cost 1.
    private static int Distance(string a, string b)
    {
        var cost = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) { cost[i, 0] = i; }
        for (var j = 0; j <= b.Length; j++) { cost[0, j] = j; }
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                cost[i, j] = Math.Min(Math.Min(cost[i - 1, j] + 1, cost[i, j - 1] + 1), cost[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }
        return cost[a.Length, b.Length];
    }
}
