using System.Collections.Immutable;
using GrokPipeline.Stages.Running;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>What is asked of a run of a sweep.</summary>
public sealed record SweepRequest
{
    /// <summary>Members at a time, each on a thread of its own; 0, the default, for one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>How often members are added between neighbours of different outcome. Default 0.</summary>
    public int Refine { get; init; }

    /// <summary>Makes members again whose files changed since they were written.</summary>
    public bool Repair { get; init; }
}

/// <summary>A member came to its end, or failed.</summary>
/// <param name="Target">The sweep.</param>
/// <param name="Index">Its place in the plan.</param>
/// <param name="Id">Its id.</param>
/// <param name="Settings">Its settings on one line.</param>
/// <param name="Ending">How: <c>budget</c>, <c>generalized</c>, <c>collapsed</c> or <c>failed</c>.</param>
/// <param name="Steps">Steps that it made.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record MemberEnded(string Target, int Index, string Id, string Settings, string Ending, long Steps, double Seconds)
    : RunEvent(Target);

/// <summary>Why a member has no result.</summary>
/// <param name="Index">Its place in the plan.</param>
/// <param name="Id">Its id.</param>
/// <param name="Settings">Its settings on one line.</param>
/// <param name="Error">The problem.</param>
public sealed record FailedMember(int Index, string Id, string Settings, GrokException Error);

/// <summary>What a run of a sweep did.</summary>
public sealed record SweepOutcome
{
    /// <summary>The plan that was run last: that of the sweep, or its last refinement.</summary>
    public required SweepPlan Plan { get; init; }

    /// <summary>Members that were trained now.</summary>
    public required int Trained { get; init; }

    /// <summary>Members that had been finished before.</summary>
    public required int Before { get; init; }

    /// <summary>Members that failed now, in order.</summary>
    public required ImmutableArray<FailedMember> Failed { get; init; }

    /// <summary>True when a request to stop came before all were done.</summary>
    public required bool Stopped { get; init; }

    /// <summary>True when members were left out because of <c>on_failure</c>.</summary>
    public required bool GaveUp { get; init; }

    /// <summary>The folder of the tables; null when the sweep is not complete, so that there are none of it.</summary>
    public string? Folder { get; init; }

    /// <summary>Failures by what went wrong, the most frequent first, one line each.</summary>
    public IEnumerable<string> Causes() => Failed
        .GroupBy(member => $"{member.Error.Problem} {member.Error.Remedy}".Trim(), StringComparer.Ordinal)
        .OrderByDescending(group => group.Count())
        .Select(group => $"{Words.Count(group.Count(), "member")} ({string.Join(", ", group.Take(5).Select(member => member.Index))}"
            + $"{(group.Count() > 5 ? ", …" : "")}): {group.Key}");
}
