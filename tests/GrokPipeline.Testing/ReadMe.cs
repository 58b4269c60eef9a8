namespace GrokPipeline.Testing;

/// <summary>Blocks of code that pages show.</summary>
public static class ReadMe
{
    /// <summary>The first block of a language in a page.</summary>
    public static string Block(string language, string page = "README.md") => Blocks(language, page)[0];

    /// <summary>
    /// The text of a test's regions whose names begin with <paramref name="name"/>, in their order, as a page shows it: moved to the left, and
    /// with the path of the test's own models as <c>models</c>.
    /// </summary>
    public static IReadOnlyList<string> Regions(string source, string name) =>
        [.. File.ReadAllText(Repository.At(source)).ReplaceLineEndings("\n").Split($"#region {name}").Skip(1).Select(part =>
        {
            var lines = part.Split("#endregion")[0].Split('\n').Skip(1);
            var text = string.Join('\n', lines.Select(line => line.Length >= 8 ? line[8..] : "")).Trim();
            return text.Replace("$\"{models}/", "\"models/", StringComparison.Ordinal).Replace("$\"{data}/", "\"data/", StringComparison.Ordinal);
        })];

    /// <summary>All blocks of a language in a page.</summary>
    public static IReadOnlyList<string> Blocks(string language, string page) =>
        [.. File.ReadAllText(Repository.At(page)).ReplaceLineEndings("\n").Split($"```{language}\n").Skip(1).Select(part => part.Split("```")[0])];
}
