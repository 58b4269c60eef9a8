namespace GrokPipeline.Cli.Commands;

/// <summary>How tables are named on the command line.</summary>
internal static class DataPath
{
    /// <summary>A Parquet file, from its path or as <c>DATASET.NAME</c>, a split or shift of a dataset below <c>data/</c>.</summary>
    /// <exception cref="GrokException">There is neither.</exception>
    public static string Of(string text)
    {
        if (File.Exists(text)) { return text; }
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || text.Contains('/', StringComparison.Ordinal) || text.EndsWith(".parquet", StringComparison.Ordinal))
        {
            throw new GrokException("there is no such file.", "Name a file that exists, or DATASET.NAME.", text);
        }
        var folder = Path.Combine("data", text[..dot]);
        var file = $"{text[(dot + 1)..]}.parquet";
        string[] places = [Path.Combine(folder, file), Path.Combine(folder, "shifts", file)];
        if (places.FirstOrDefault(File.Exists) is { } found) { return found; }
        var known = Known().ToArray();
        throw new GrokException(
            $"there is no file or split '{text}'.{Spelling.Suggestion(text, known)}",
            known.Length == 0 ? "Make a dataset: grokpipe run" : $"Known: {string.Join(", ", known.Take(20))}.");
    }

    private static IEnumerable<string> Known() => !Directory.Exists("data") ? [] : Directory.EnumerateDirectories("data")
        .Where(folder => !Path.GetFileName(folder).StartsWith('.')).Order(StringComparer.Ordinal)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => $"{Path.GetFileName(folder)}.{Path.GetFileNameWithoutExtension(file)}"));
}
