namespace GrokPipeline;

/// <summary>What kind of problem it is; the command line turns it into its exit code.</summary>
public enum ProblemKind
{
    /// <summary>An option, argument or shape that the user can correct.</summary>
    Configuration,

    /// <summary>A stage could not do its work.</summary>
    Failed,

    /// <summary>A stated requirement did not hold.</summary>
    Requirement,

    /// <summary>A file is corrupt, changed or of another format.</summary>
    Integrity,

    /// <summary>Another process works there.</summary>
    Locked,

    /// <summary>Disk, memory or a device is missing.</summary>
    Resources,

    /// <summary>Stopped on request; the same command resumes.</summary>
    Stopped,
}

/// <summary>The one exception for what a user can fix: what is wrong, what to do, and where.</summary>
public sealed class GrokException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="problem">What is wrong, with the values in it.</param>
    /// <param name="remedy">What to do about it.</param>
    /// <param name="where">Where: <c>pipeline.yaml:12:7</c>, a file, or a value's name.</param>
    /// <param name="kind">What kind of problem; configuration unless said.</param>
    /// <param name="cause">The exception below this one, if any.</param>
    public GrokException(
        string problem, string remedy, string? where = null, ProblemKind kind = ProblemKind.Configuration, Exception? cause = null)
        : base(where is null ? $"{problem} {remedy}" : $"{where}: {problem} {remedy}", cause)
    {
        Problem = problem;
        Remedy = remedy;
        Where = where;
        Kind = kind;
    }

    /// <summary>What is wrong.</summary>
    public string Problem { get; }

    /// <summary>What to do about it.</summary>
    public string Remedy { get; }

    /// <summary>Where it is wrong; null when there is no place to point at.</summary>
    public string? Where { get; }

    /// <summary>What kind of problem it is.</summary>
    public ProblemKind Kind { get; }
}
