namespace GrokPipeline.Cli;

/// <summary>What the process returns. The numbers are public: none is ever given another meaning.</summary>
public enum ExitCode
{
    /// <summary>Done, or up to date.</summary>
    Done = 0,

    /// <summary>A stage failed.</summary>
    Failed = 1,

    /// <summary>Wrong usage or configuration.</summary>
    Usage = 2,

    /// <summary>A check did not hold.</summary>
    CheckFailed = 3,

    /// <summary>A file is corrupt, changed or of another format.</summary>
    Integrity = 4,

    /// <summary>Another process works there.</summary>
    Locked = 5,

    /// <summary>Disk, memory or a device is missing.</summary>
    Resources = 6,

    /// <summary>A sweep finished with failed members.</summary>
    MembersFailed = 7,

    /// <summary>A bug in this program.</summary>
    InternalError = 70,

    /// <summary>Stopped on request or at a time limit; the same command goes on.</summary>
    Stopped = 75,
}

/// <summary>From kinds of problems to exit codes.</summary>
internal static class ExitCodes
{
    /// <summary>The exit code of a kind of problem.</summary>
    public static ExitCode Of(ProblemKind kind) => kind switch
    {
        ProblemKind.Configuration => ExitCode.Usage,
        ProblemKind.Failed => ExitCode.Failed,
        ProblemKind.Requirement => ExitCode.CheckFailed,
        ProblemKind.Integrity => ExitCode.Integrity,
        ProblemKind.Locked => ExitCode.Locked,
        ProblemKind.Resources => ExitCode.Resources,
        ProblemKind.Stopped => ExitCode.Stopped,
        _ => ExitCode.InternalError,
    };
}
