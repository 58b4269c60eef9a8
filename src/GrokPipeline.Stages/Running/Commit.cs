namespace GrokPipeline.Stages.Running;

/// <summary>The commit that a workspace stands at, read from git's own files.</summary>
internal static class Commit
{
    private const int Levels = 16;

    /// <summary>The commit's hash; null when the folder is in no repository, or the files say nothing plain.</summary>
    public static string? Of(string folder)
    {
        try
        {
            var at = new DirectoryInfo(folder);
            for (var level = 0; level < Levels && at is not null; level++, at = at.Parent)
            {
                var git = Path.Combine(at.FullName, ".git");
                if (File.Exists(git))
                {
                    git = Path.GetFullPath(File.ReadAllText(git).Replace("gitdir:", "", StringComparison.Ordinal).Trim(), at.FullName);
                }
                if (Directory.Exists(git)) { return Head(git); }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A record without the commit is better than no run.
        }
        return null;
    }

    private static string? Head(string git)
    {
        var head = File.ReadAllText(Path.Combine(git, "HEAD")).Trim();
        if (!head.StartsWith("ref:", StringComparison.Ordinal)) { return Sound(head); }
        var name = head[4..].Trim();
        var common = Path.Combine(git, "commondir");
        string[] folders = File.Exists(common) ? [git, Path.GetFullPath(File.ReadAllText(common).Trim(), git)] : [git];
        var loose = folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (loose is not null) { return Sound(File.ReadAllText(loose).Trim()); }
        var packed = folders.Select(folder => Path.Combine(folder, "packed-refs")).FirstOrDefault(File.Exists);
        var line = packed is null
            ? null
            : File.ReadLines(packed).FirstOrDefault(line => line.EndsWith($" {name}", StringComparison.Ordinal));
        return line is null ? null : Sound(line.Split(' ')[0]);
    }

    private static string? Sound(string hash) => hash.Length is 40 or 64 && hash.All(char.IsAsciiHexDigit) ? hash : null;
}
