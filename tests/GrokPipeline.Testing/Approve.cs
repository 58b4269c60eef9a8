using System.Runtime.CompilerServices;

namespace GrokPipeline.Testing;

/// <summary>Compares text with a committed file, so that a change of it is a reviewed difference.</summary>
public static class Approve
{
    /// <summary>
    /// Fails when <paramref name="actual"/> differs from <c>Approved/<paramref name="name"/></c> beside the calling test. With
    /// <c>APPROVE=1</c> in the environment the file is written instead, never under <c>CI</c>.
    /// </summary>
    public static void Text(string actual, string name, [CallerFilePath] string caller = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(caller)!, "Approved", name);
        var text = actual.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("APPROVE") == "1" && Environment.GetEnvironmentVariable("CI") is null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
            return;
        }
        var approved = File.Exists(path) ? File.ReadAllText(path) : null;
        if (approved == text) { return; }
        Assert.Fail($"{Path.GetFileName(path)} {(approved is null ? "has not been approved yet" : $"differs {Difference(approved, text)}")}. "
            + "When the new text is right, run the test with APPROVE=1 and commit the file."
            + $"{Environment.NewLine}{Environment.NewLine}{text}");
    }

    private static string Difference(string approved, string actual)
    {
        var (was, got) = (approved.Split('\n'), actual.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(was.Length, got.Length)).First(i => was.ElementAtOrDefault(i) != got.ElementAtOrDefault(i));
        return $"in line {line + 1}: approved '{was.ElementAtOrDefault(line)}', now '{got.ElementAtOrDefault(line)}'";
    }
}
