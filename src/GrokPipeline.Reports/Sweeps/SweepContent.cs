using System.Collections.Immutable;
using GrokPipeline.Evaluation.Sweeps;

namespace GrokPipeline.Reports.Sweeps;

/// <summary>Everything a report of a sweep says. No clock time, machine or absolute path is among it.</summary>
public sealed record SweepContent
{
    /// <summary>The sweep's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its title; the name where none was given.</summary>
    public required string Title { get; init; }

    /// <summary>Members of the plan; more than <see cref="Members"/> while some have not ended.</summary>
    public required int Planned { get; init; }

    /// <summary>The members that have ended, in any order.</summary>
    public required ImmutableArray<SweepMember> Members { get; init; }

    /// <summary>The plan, versions, the command that reproduces it.</summary>
    public ImmutableArray<ReportFact> Provenance { get; init; } = [];
}
