using GrokPipeline.Stages.Files;

namespace GrokPipeline.Stages.Running;

/// <summary>From failures of the machine to words for people.</summary>
public static class Problems
{
    /// <summary>
    /// True for what a file system, a full disk or a small memory does. An assembly that cannot be loaded is a bug of ours, although its
    /// exception says that a file is missing.
    /// </summary>
    public static bool IsOfMachine(Exception error) => error switch
    {
        FileLoadException => false,
        FileNotFoundException { FileName: { } name } when name.Contains(", Version=", StringComparison.Ordinal) => false,
        _ => error is IOException or UnauthorizedAccessException or OutOfMemoryException,
    };

    /// <summary>What to tell about an exception.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="target">Where it happened.</param>
    public static GrokException Of(Exception error, string target) => error switch
    {
        GrokException problem => problem,
        IOException io when DiskSpace.AsProblem(io) is { } full => full,
        OutOfMemoryException => new GrokException(
            $"{target} ran out of memory.", "Use fewer rows at a time, or a machine with more memory.", kind: ProblemKind.Resources,
            cause: error),
        _ => new GrokException(
            $"{target}: {error.Message}", "Nothing was lost; correct this and run again.", kind: ProblemKind.Failed, cause: error),
    };
}
