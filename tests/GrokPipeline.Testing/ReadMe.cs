namespace GrokPipeline.Testing;

/// <summary>Blocks of code that pages show.</summary>
public static class ReadMe
{
    /// <summary>The first block of a language in a page.</summary>
    public static string Block(string language, string page = "README.md") => Blocks(language, page)[0];

    /// <summary>All blocks of a language in a page.</summary>
    public static IReadOnlyList<string> Blocks(string language, string page) =>
        [.. File.ReadAllText(Repository.At(page)).ReplaceLineEndings("\n").Split($"```{language}\n").Skip(1).Select(part => part.Split("```")[0])];
}
