using System.Collections.Immutable;

namespace GrokPipeline.Stages.Reproductions;

/// <summary>What is asked of a reproduction.</summary>
public sealed record ReproductionRequest
{
    /// <summary>
    /// Steps of each experiment, to see that all of it runs; sweeps are planned and not trained, and nothing is judged. Null, the default:
    /// all of it.
    /// </summary>
    public long? Steps { get; init; }

    /// <summary>Repetitions in each sweep that repeats; null, the default: as the file says.</summary>
    public int? Seeds { get; init; }

    /// <summary>Threads; 0, the default, for one per processor.</summary>
    public int Threads { get; init; }
}

/// <summary>What came out of a reproduction.</summary>
public sealed record ReproductionOutcome
{
    /// <summary>The row.</summary>
    public required ReproductionRow Row { get; init; }

    /// <summary>Its statements with our numbers.</summary>
    public required ImmutableArray<JudgedStatement> Statements { get; init; }

    /// <summary>Its folder, for people.</summary>
    public required string Folder { get; init; }

    /// <summary>Trainings that were made now.</summary>
    public required int Trained { get; init; }

    /// <summary>Trainings that it has in all, by sweep or experiment.</summary>
    public required ImmutableArray<(string Name, int Trainings)> Trainings { get; init; }

    /// <summary>Seconds that this took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Why it could not be run to its end; null where it was.</summary>
    public GrokException? Error { get; init; }

    /// <summary>Pass when every statement holds, fail when one does not, not judged otherwise.</summary>
    public StatementOutcome Outcome =>
        Statements.Any(statement => statement.Outcome == StatementOutcome.Fail) ? StatementOutcome.Fail
        : Error is null && Statements.All(statement => statement.Outcome == StatementOutcome.Pass) ? StatementOutcome.Pass
        : StatementOutcome.NotJudged;
}
