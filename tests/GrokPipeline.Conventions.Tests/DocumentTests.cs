using System.Text.RegularExpressions;
using GrokPipeline.Testing;

namespace GrokPipeline.Conventions.Tests;

public sealed partial class DocumentTests
{
    public static TheoryData<string> Pages =>
        [.. new[] { "README.md", "CHANGELOG.md", "samples/README.md" }.Concat(Directory.EnumerateFiles(Repository.At("docs"), "*.md", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.At("."), path))).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Pages))]
    public void Links_and_paths_of_a_page_exist(string page)
    {
        var text = File.ReadAllText(Repository.At(page));
        var folder = Path.GetDirectoryName(Repository.At(page))!;
        var links = Link().Matches(text).Select(match => match.Groups[1].Value)
            .Where(link => !link.StartsWith("http", StringComparison.Ordinal)).Select(link => Path.Combine(folder, link.Split('#')[0]));
        var paths = SourcePath().Matches(text).Select(match => Repository.At(match.Groups[1].Value));
        Assert.All(links.Concat(paths), path => Assert.True(Path.Exists(path), path));
    }

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`((?:src|tests|eng|docs|bench|samples)/[A-Za-z0-9_./-]+)`")]
    private static partial Regex SourcePath();
}
