namespace GrokPipeline.Stages.Running;

/// <summary>Something that a run tells while it goes on.</summary>
/// <param name="Target">The stage: <c>data/x</c> or <c>x/train</c>; an experiment's name for its summary.</param>
public abstract record RunEvent(string Target);

/// <summary>A stage need not run.</summary>
public sealed record StageUpToDate(string Target) : RunEvent(Target);

/// <summary>A stage would run; told by a dry run only.</summary>
/// <param name="Target">The stage.</param>
/// <param name="Reason">Why.</param>
public sealed record StagePlanned(string Target, string Reason) : RunEvent(Target);

/// <summary>A stage begins.</summary>
/// <param name="Target">The stage.</param>
/// <param name="Reason">Why it runs.</param>
public sealed record StageStarted(string Target, string Reason) : RunEvent(Target);

/// <summary>A stage got on.</summary>
/// <param name="Target">The stage.</param>
/// <param name="Done">How far, of <paramref name="Total"/>.</param>
/// <param name="Total">All there is to do.</param>
/// <param name="Text">A few key numbers.</param>
public sealed record StageProgress(string Target, long Done, long Total, string Text) : RunEvent(Target);

/// <summary>A stage is complete and in its place.</summary>
/// <param name="Target">The stage.</param>
/// <param name="Summary">What it gave, in a few words.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record StageFinished(string Target, string Summary, double Seconds) : RunEvent(Target);

/// <summary>A stage failed.</summary>
/// <param name="Target">The stage.</param>
/// <param name="Error">Why.</param>
public sealed record StageFailed(string Target, GrokException Error) : RunEvent(Target);

/// <summary>Something to know that does not end the run.</summary>
/// <param name="Target">The stage.</param>
/// <param name="Text">What.</param>
public sealed record RunWarning(string Target, string Text) : RunEvent(Target);

/// <summary>What came out of an experiment.</summary>
/// <param name="Target">The experiment.</param>
/// <param name="Verdict">Verdict and steps.</param>
/// <param name="Scores">Accuracies of the final model.</param>
public sealed record ExperimentSummary(string Target, string Verdict, string Scores) : RunEvent(Target);
