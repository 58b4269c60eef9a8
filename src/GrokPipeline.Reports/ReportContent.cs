using System.Collections.Immutable;
using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Stopping;

namespace GrokPipeline.Reports;

/// <summary>
/// Everything a report of one experiment says, as plain records. No clock time, machine or absolute path is among it: a report made
/// again from the same results has the same bytes.
/// </summary>
public sealed record ReportContent
{
    /// <summary>The experiment's name.</summary>
    public required string Experiment { get; init; }

    /// <summary>Its title; the name where none was given.</summary>
    public required string Title { get; init; }

    /// <summary>When it memorized and generalized, and the verdict.</summary>
    public required ReportVerdict Verdict { get; init; }

    /// <summary>The time of grokking by each definition in use.</summary>
    public ImmutableArray<GrokkingTime> Times { get; init; } = [];

    /// <summary>What rules would have saved that stop early, and what they would have cost.</summary>
    public ImmutableArray<StoppingJudgement> Stops { get; init; } = [];

    /// <summary>Where training began, in a sentence or two, when it was not at random first values on all rows; empty otherwise.</summary>
    public string Beginning { get; init; } = "";

    /// <summary>Learning curves: one per split and metric, steps ascending.</summary>
    public ImmutableArray<ReportCurve> Curves { get; init; } = [];

    /// <summary>What losses are counted in: <c>nats</c>, or <c>squared error</c> with real targets.</summary>
    public string LossUnit { get; init; } = "nats";

    /// <summary>Stored checkpoints; the marked ones carry their marks.</summary>
    public ImmutableArray<ReportCheckpoint> Checkpoints { get; init; } = [];

    /// <summary>Scores of exported models on distributions.</summary>
    public ImmutableArray<ReportScore> Scores { get; init; } = [];

    /// <summary>Scores of stored checkpoints, one curve per distribution and metric; its name stands in place of a split.</summary>
    public ImmutableArray<ReportCurve> Trajectory { get; init; } = [];

    /// <summary>From where on each distribution is generalized to; the yardstick first.</summary>
    public ImmutableArray<ReportOnset> Generalization { get; init; } = [];

    /// <summary>How far each distribution is from train.</summary>
    public ImmutableArray<ReportShift> Shifts { get; init; } = [];

    /// <summary>What the probes found.</summary>
    public ImmutableArray<ReportFinding> Findings { get; init; } = [];

    /// <summary>The datasets' cards.</summary>
    public ImmutableArray<ReportDataCard> Data { get; init; } = [];

    /// <summary>How far each exported file is from the training engine.</summary>
    public ImmutableArray<ReportParity> Parity { get; init; } = [];

    /// <summary>Facts about the model: kind, parameters, shapes.</summary>
    public ImmutableArray<ReportFact> Model { get; init; } = [];

    /// <summary>Hashes, versions, engine, promise, the command that reproduces it.</summary>
    public ImmutableArray<ReportFact> Provenance { get; init; } = [];

    /// <summary>Files of the experiment with their hashes; paths relative to the experiment's folder.</summary>
    public ImmutableArray<ReportFile> Files { get; init; } = [];

    /// <summary>What a reader should know before believing the numbers.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>The resolved configuration as text.</summary>
    public string Configuration { get; init; } = "";
}

/// <summary>The grokking analysis, in the words of the report.</summary>
/// <param name="Name"><c>grokked</c>, <c>comprehension</c>, <c>memorized only</c>, <c>confusion</c> or <c>collapsed</c>.</param>
/// <param name="MemorizationStep">First step that keeps the memorization threshold; null when there is none.</param>
/// <param name="GeneralizationStep">First step of the lasting crossing; null when there is none.</param>
/// <param name="Definitions">Thresholds and criteria, and further quantities (delay, jump, plateau): shown as they are.</param>
public sealed record ReportVerdict(
    string Name, long? MemorizationStep, long? GeneralizationStep, ImmutableArray<ReportFact> Definitions);

/// <summary>A metric of a split over steps.</summary>
/// <param name="Split"><c>train</c>, <c>validation</c>, …; empty for one of the whole model (weight norm).</param>
/// <param name="Metric"><c>accuracy</c>, <c>loss</c>, <c>weight_norm</c>, <c>gradient_norm</c>.</param>
/// <param name="Steps">Steps, ascending, from 0.</param>
/// <param name="Values">One per step; NaN and infinity are drawn as gaps.</param>
public sealed record ReportCurve(string Split, string Metric, ImmutableArray<long> Steps, ImmutableArray<double> Values);

/// <summary>A stored checkpoint.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Marks"><c>before_grok</c>, <c>at_grok</c>, <c>after_grok</c>, <c>final</c>; often empty.</param>
public sealed record ReportCheckpoint(long Step, ImmutableArray<string> Marks);

/// <summary>A row of <c>evaluation.parquet</c>; its distribution bears the dataset's name when it is a foreign one.</summary>
public sealed record ReportScore(
    long Step, string Mark, string Dataset, string Distribution, string Group, string Metric,
    double Value, double Low, double High, long Rows, string Engine, string Note = "");

/// <summary>A row of <c>generalization.parquet</c>.</summary>
/// <param name="Distribution">Split or shift.</param>
/// <param name="Step">First checkpoint of lasting generalization; null: never.</param>
/// <param name="After">The checkpoint before it; null when there is none.</param>
/// <param name="Best">Best accuracy of all checkpoints.</param>
/// <param name="Last">Accuracy of the last checkpoint.</param>
/// <param name="Accuracy">What counts as generalized.</param>
/// <param name="ForCheckpoints">For so many checkpoints one after another.</param>
/// <param name="Unconfirmed">From here on all reach the accuracy, but they end before there are enough; null: no such step.</param>
/// <param name="Checkpoints">Checkpoints that were scored.</param>
public sealed record ReportOnset(
    string Distribution, long? Step, long? After, double Best, double Last, double Accuracy, long ForCheckpoints, long? Unconfirmed,
    long Checkpoints);

/// <summary>A row of <c>shifts.parquet</c>.</summary>
public sealed record ReportShift(
    string Distribution, string On, string Measure, double Value, double Low, double High, double PValue, long Rows, long TrainRows,
    double Expected);

/// <summary>A row of <c>probes.parquet</c>.</summary>
public sealed record ReportFinding(
    long Step, string Mark, string Probe, string Target, string Name, double Value, string Control, long Repeat);

/// <summary>A dataset's card.</summary>
/// <param name="Name">The dataset's name.</param>
/// <param name="Facts">Generator, options, seed, hash, notes on choices of ours.</param>
/// <param name="Splits">One row per split and shift.</param>
public sealed record ReportDataCard(string Name, ImmutableArray<ReportFact> Facts, ImmutableArray<ReportSplit> Splits);

/// <summary>A split or shift in a data card.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind"><c>split</c>, or the kind of shift.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Counts">Rows per class or subclass as text; may be empty.</param>
/// <param name="OverlapWithTrain">Rows that also stand in train.</param>
/// <param name="ContentHash">SHA-256 of schema and rows.</param>
public sealed record ReportSplit(string Name, string Kind, long Rows, string Counts, long OverlapWithTrain, string ContentHash)
{
    /// <summary>Rows whose input with its operands in reverse order stands in train.</summary>
    public long TwinsInTrain { get; init; }

    /// <summary>Rows with another label than they had before noise or outliers.</summary>
    public long WrongLabels { get; init; }
}

/// <summary>The check of one value of an exported file against the training engine, on one distribution.</summary>
/// <param name="Mark">Which checkpoint.</param>
/// <param name="Step">Its step.</param>
/// <param name="Inputs">How the file is fed: <c>plain</c>, <c>vector</c> or <c>application</c>.</param>
/// <param name="Output">The value compared: <c>logits</c> or an activation.</param>
/// <param name="Distribution">The split or shift.</param>
/// <param name="LargestAbsolute">Largest absolute difference.</param>
/// <param name="LargestRelative">Largest difference relative to the largest magnitude of the output.</param>
/// <param name="Agreement">Share of rows with the same largest entry, in [0, 1].</param>
/// <param name="Place">Where the largest difference is: row and both numbers.</param>
public sealed record ReportParity(
    string Mark, long Step, string Inputs, string Output, string Distribution, double LargestAbsolute, double LargestRelative,
    double Agreement, string Place);

/// <summary>A named fact.</summary>
public sealed record ReportFact(string Name, string Text);

/// <summary>A file and its SHA-256.</summary>
public sealed record ReportFile(string Path, long Bytes, string Sha256);

/// <summary>One line of <c>models/index.html</c>.</summary>
/// <param name="Experiment">Its name, also its folder.</param>
/// <param name="Title">Its title.</param>
/// <param name="Verdict">The analysis.</param>
/// <param name="Validation">The validation accuracy over steps, for a small drawing; null when there is none.</param>
/// <param name="Summary">One sentence: final accuracies, worst distribution.</param>
public sealed record IndexEntry(string Experiment, string Title, ReportVerdict Verdict, ReportCurve? Validation, string Summary);
