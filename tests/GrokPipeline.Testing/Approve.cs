using System.Runtime.CompilerServices;

namespace GrokPipeline.Testing;

/// <summary>Compares text with a committed file. A change of such a file is a change to review.</summary>
public static class Approve
{
    /// <summary>Fails unless <paramref name="actual"/> equals <c>Approved/<paramref name="name"/></c> beside the calling test.</summary>
    /// <param name="actual">What the code gives now. Line ends and the last newline do not count.</param>
    /// <param name="name">File name with ending, such as <c>tanh-layer.graph.txt</c>; unique in its folder.</param>
    /// <param name="caller">Filled in by the compiler.</param>
    /// <remarks>With <c>APPROVE=1</c> in the environment the file is written instead, but never where <c>CI</c> is set.</remarks>
    public static void Text(string actual, string name, [CallerFilePath] string caller = "") =>
        Text(actual, Path.Combine(Repository.FolderOf(caller), "Approved", name), Environment.GetEnvironmentVariable);

    internal static void Text(string actual, string file, Func<string, string?> environment)
    {
        var now = Normalized(actual);
        var approved = File.Exists(file) ? Normalized(File.ReadAllText(file)) : null;
        if (string.Equals(now, approved, StringComparison.Ordinal)) return;

        var shown = Path.GetRelativePath(Repository.Root, file).Replace('\\', '/');
        if (MayWrite(environment))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);      // a file in Approved/ has a folder
            File.WriteAllText(file, now);
            return;
        }
        Assert.Fail(
            (approved is null ? $"{shown} is not there yet." : $"The text is not the one in {shown}.\n{FirstDifference(approved, now)}")
            + "\nIf the new text is right, run the test again with APPROVE=1 in the environment (not where CI is set) and commit the file."
            + (approved is null ? $"\nThe text is:\n{now}" : ""));
    }

    private static bool MayWrite(Func<string, string?> environment) =>
        environment("APPROVE") == "1" && environment("CI") is null or "" or "0" or "false";

    private static string Normalized(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";

    private static string FirstDifference(string approved, string actual)
    {
        var (old, now) = (approved.Split('\n'), actual.Split('\n'));
        var line = 0;
        while (line < old.Length && line < now.Length && old[line] == now[line]) line++;
        string At(string[] lines) => line < lines.Length - 1 ? lines[line] : "(end of text)";
        return $"First difference in line {line + 1}:\n  approved: {At(old)}\n  actual:   {At(now)}";
    }
}
