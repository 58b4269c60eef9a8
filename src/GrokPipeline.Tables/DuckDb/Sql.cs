namespace GrokPipeline.Tables.DuckDb;

/// <summary>Writes names and texts into SQL.</summary>
internal static class Sql
{
    /// <summary>A name in double quotes.</summary>
    internal static string Name(string name) => $"\"{NoZero(name).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A text in single quotes.</summary>
    internal static string Text(string text) => $"'{NoZero(text).Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A list of texts.</summary>
    internal static string Texts(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(Text))}]";

    /// <summary>The path of one file for a reader that takes patterns: absolute, and each sign of a pattern stands for itself.</summary>
    internal static string Pattern(string path) =>
        string.Concat(Path.GetFullPath(path).Select(c => c is '*' or '?' or '[' ? $"[{c}]" : c.ToString()));

    // SQL goes to the engine as text that ends with a zero.
    private static string NoZero(string text) => !text.Contains('\0')
        ? text
        : throw new GrokException("A name, path or metadata text holds the character U+0000.", "Leave it out.");
}
