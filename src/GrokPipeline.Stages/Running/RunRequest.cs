using System.Collections.Immutable;

namespace GrokPipeline.Stages.Running;

/// <summary>What is asked of a run.</summary>
public sealed record RunRequest
{
    /// <summary><c>data/x</c>, <c>experiment</c> or <c>experiment/stage</c>; empty for all.</summary>
    public ImmutableArray<string> Targets { get; init; } = [];

    /// <summary>A kind of stage: no other is run, even when it is out of date.</summary>
    public string? Only { get; init; }

    /// <summary>Runs what was asked for even when it is up to date.</summary>
    public bool Force { get; init; }

    /// <summary>Only says what would run.</summary>
    public bool DryRun { get; init; }

    /// <summary>How many experiments run at a time. Default 1.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>Threads for all of them together; 0, the default, for one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>How long to wait for a folder that another process holds. Default not at all.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>The command as typed, for the record.</summary>
    public string Command { get; init; } = "";
}

/// <summary>What a run did.</summary>
public sealed record RunOutcome
{
    /// <summary>Stages that ran, or that would run in a dry run, in order.</summary>
    public required ImmutableArray<string> Ran { get; init; }

    /// <summary>Stages that were up to date, in order.</summary>
    public required ImmutableArray<string> UpToDate { get; init; }

    /// <summary>What went wrong, by stage; empty when nothing did.</summary>
    public required ImmutableArray<StageFailed> Failures { get; init; }

    /// <summary>Requirements that did not hold, one line each.</summary>
    public required ImmutableArray<string> Missed { get; init; }

    /// <summary>Experiments that came to their end, in order.</summary>
    public required ImmutableArray<ExperimentSummary> Summaries { get; init; }
}
