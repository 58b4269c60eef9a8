namespace GrokPipeline.Runs;

/// <summary>The folder of one checkpoint.</summary>
internal static class StoredCheckpoint
{
    /// <summary>Reads the parameters of a checkpoint.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="display">What messages call a path.</param>
    /// <exception cref="GrokException">The file is missing or broken.</exception>
    public static SafetensorsContent Read(string folder, Func<string, string> display)
    {
        var path = Path.Combine(folder, RunLayout.Parameters);
        if (!File.Exists(path)) { throw new GrokException("is missing.", "Rebuild with --force.", display(path), ProblemKind.Integrity); }
        using var file = File.OpenRead(path);
        return Safetensors.Read(file, display(path));
    }
}
