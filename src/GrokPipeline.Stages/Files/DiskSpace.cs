namespace GrokPipeline.Stages.Files;

/// <summary>Looking whether a stage's files will fit before it starts.</summary>
internal static class DiskSpace
{
    private const long Reserve = 16 << 20;

    /// <summary>Refuses to start when less than twice the need is free.</summary>
    /// <param name="need">Bytes that the stage will write, roughly.</param>
    /// <param name="what">The stage, for the message.</param>
    /// <param name="folder">Where it writes.</param>
    /// <param name="shown">What the message calls that folder.</param>
    /// <param name="free">Free bytes at a folder; the system's answer unless a test gives another.</param>
    /// <exception cref="GrokException">Too little is free; the message has both numbers.</exception>
    public static void Require(long need, string what, string folder, string shown, Func<string, long>? free = null)
    {
        var available = (free ?? Free)(folder);
        var wanted = Math.Max(2 * need, Reserve);
        if (available >= wanted) { return; }
        throw new GrokException(
            $"disk full: {what} needs {Megabytes(wanted)}, {Megabytes(available)} free at {shown}/.",
            "Nothing was lost; free space and run again.", kind: ProblemKind.Resources);
    }

    /// <summary>Free bytes on the file system of a folder that exists.</summary>
    public static long Free(string folder) => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;

    /// <summary>The problem behind a failed write, when the disk, a quota or the file system says that it is full.</summary>
    public static GrokException? AsProblem(IOException error)
    {
        const int noSpace = 28, quota = 122, readOnly = 30;
        return (error.HResult & 0xffff) switch
        {
            noSpace => new GrokException(
                $"disk full: {error.Message}.", "Nothing was lost; free space and run again.", kind: ProblemKind.Resources, cause: error),
            quota => new GrokException(
                $"quota exceeded: {error.Message}.", "Nothing was lost; free space and run again.", kind: ProblemKind.Resources,
                cause: error),
            readOnly => new GrokException(
                $"read-only file system: {error.Message}.", "Choose a folder that can be written.", kind: ProblemKind.Failed, cause: error),
            _ => null,
        };
    }

    private static string Megabytes(long bytes) =>
        bytes < 10 << 20 ? $"{(bytes + (1 << 10) - 1) >> 10:N0} kB" : $"{(bytes + (1 << 20) - 1) >> 20:N0} MB";
}
