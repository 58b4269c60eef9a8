namespace GrokPipeline.Testing;

/// <summary>Where the sources are, as seen from a running test.</summary>
public static class Repository
{
    /// <summary>The folder that holds <c>GrokPipeline.sln</c>, found upwards from the test program.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>A path inside the repository, given with forward slashes.</summary>
    public static string At(string path) => Path.GetFullPath(Path.Combine(Root, path));

    /// <summary>The folder of a source file as the compiler recorded it; a continuous integration build writes <c>/_/</c> for the root.</summary>
    internal static string FolderOf(string sourceFile) =>
        Path.GetDirectoryName(sourceFile.StartsWith("/_/", StringComparison.Ordinal) ? At(sourceFile[3..]) : sourceFile)!;   // a file has a folder

    private static string Find(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "GrokPipeline.sln"))) return at.FullName;
        }
        throw new InvalidOperationException($"No folder above {folder} holds GrokPipeline.sln; run the tests from a checkout.");
    }
}
