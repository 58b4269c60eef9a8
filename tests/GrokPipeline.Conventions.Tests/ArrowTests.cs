using System.Xml.Linq;
using GrokPipeline.Testing;

namespace GrokPipeline.Conventions.Tests;

public sealed class ArrowTests
{
    [Fact]
    public void Projects_see_exactly_what_the_table_in_the_docs_says()
    {
        var told = Told();
        var built = Built();
        var offenders = built.Keys.Union(told.Keys).Order(StringComparer.Ordinal)
            .Where(project => told.GetValueOrDefault(project) != built.GetValueOrDefault(project))
            .Select(project => $"{project}\n  docs:    {told.GetValueOrDefault(project, "(no row)")}\n  project: {built.GetValueOrDefault(project, "(no project)")}");
        var list = string.Join("\n", offenders);
        Assert.True(list.Length == 0, $"docs/architecture.md, section Arrows, and src/ disagree:\n{list}");
    }

    /// <summary>Rows such as <c>| Graphs | GrokPipeline |</c>.</summary>
    private static Dictionary<string, string> Told() => File.ReadLines(Repository.At("docs/architecture.md"))
        .SkipWhile(line => !line.StartsWith("## Arrows", StringComparison.Ordinal)).Skip(1)
        .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .ToDictionary(cells => cells[1], cells => Sorted(cells[2].Split(", ", StringSplitOptions.TrimEntries)), StringComparer.Ordinal);

    private static Dictionary<string, string> Built() => Directory.EnumerateFiles(Repository.At("src"), "*.csproj", SearchOption.AllDirectories)
        .ToDictionary(file => Short(file), file => Sorted(References(file)), StringComparer.Ordinal);

    private static IEnumerable<string> References(string project) => XDocument.Load(project).Descendants("ProjectReference")
        .Select(reference => ((string?)reference.Attribute("Include"))?.Replace('\\', '/') ?? "")
        .Where(path => !path.Contains("/eng/", StringComparison.Ordinal))
        .Select(Short);

    private static string Short(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        return name.StartsWith("GrokPipeline.", StringComparison.Ordinal) ? name["GrokPipeline.".Length..] : name;
    }

    private static string Sorted(IEnumerable<string> names)
    {
        var list = string.Join(", ", names.Where(name => name is not "" and not "nothing").Order(StringComparer.Ordinal));
        return list.Length == 0 ? "nothing" : list;
    }
}
