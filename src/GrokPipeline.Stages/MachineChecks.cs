using System.Diagnostics;
using System.Globalization;
using GrokPipeline.Stages.Files;

namespace GrokPipeline.Stages;

/// <summary>Trying out what the promises about files rest on.</summary>
public static class MachineChecks
{
    private const string Name = ".grokpipe-check";

    /// <summary>Writes a file as results are written, and says how long that took.</summary>
    /// <exception cref="IOException">The file system refuses.</exception>
    public static string Writing(string folder)
    {
        var path = Path.Combine(folder, $"{Name}-{Environment.ProcessId}");
        var files = new DurableFile();
        var begin = Stopwatch.GetTimestamp();
        try { files.ReplaceText(path, "check\n"); }
        finally { files.Delete(path); }
        return string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(begin).TotalMilliseconds:F1} ms for a small file");
    }

    /// <summary>Takes a lock twice: the second time must fail.</summary>
    /// <exception cref="GrokException">Locks do not exclude each other here.</exception>
    public static string Locks(string folder)
    {
        var path = Path.Combine(folder, $"{Name}-{Environment.ProcessId}.lock");
        var files = new DurableFile();
        try
        {
            using var first = FolderLock.Take(files, path, "the check", Libc.Lock.Exclusive, TimeProvider.System);
            try
            {
                using var second = FolderLock.Take(files, path, "the check", Libc.Lock.Exclusive, TimeProvider.System);
            }
            catch (GrokException error) when (error.Kind == ProblemKind.Locked) { return "exclude each other"; }
        }
        finally { files.Delete(path); }
        throw new GrokException(
            "locks do not exclude each other on this file system.", "Do not let two processes work in one folder.",
            kind: ProblemKind.Resources);
    }
}
