using System.Collections.Immutable;
using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Shifts;

namespace GrokPipeline.Stages.Options;

/// <summary>What exported models are scored on.</summary>
public sealed record EvaluateOptions : IOptions
{
    /// <summary>
    /// The engine that runs exported files. Only ort-cpu reads them from disk, so that the file itself is what is scored.
    /// </summary>
    public string Engine { get; init; } = "ort-cpu";

    /// <summary>Splits and shifts of the dataset, or <c>dataset.name</c>. Default: the validation split.</summary>
    public ImmutableArray<string> On { get; init; } = ["validation"];

    /// <summary>A column whose values are scored one by one, with the worst of them; none when empty.</summary>
    public string Groups { get; init; } = "";

    /// <summary>Whether the rows of each class, or the outputs of real targets, are scored apart. Default false.</summary>
    public bool PerClass { get; init; }

    /// <summary>What is computed. Of the default, real targets have accuracy and loss; there is r2 besides.</summary>
    public ImmutableArray<string> Metrics { get; init; } = ["accuracy", "loss", "ece", "brier"];

    /// <summary>Bins of the expected calibration errors. Default 15 (Guo et al. 2017).</summary>
    public int EceBins { get; init; } = 15;

    /// <summary>Intervals beside every number.</summary>
    public IntervalOptions Interval { get; init; } = new();

    /// <summary>Which models' answers to each row are written. Default none.</summary>
    public PredictionsKept Predictions { get; init; }

    /// <summary>How the accuracies of distributions go along the training.</summary>
    public TrajectoryOptions Trajectory { get; init; } = new();

    /// <summary>How far the distributions are from train.</summary>
    public ShiftOptions Shifts { get; init; } = new();

    /// <summary>What must hold; a miss ends the run with exit code 3.</summary>
    public ImmutableArray<RequireOptions> Require { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Engine != "ort-cpu") { yield return new("engine", $"engine is '{Engine}'; exported files are scored by ort-cpu."); }
        if (On.Length == 0) { yield return new("on", "on is empty; name at least one split or shift."); }
        foreach (var problem in ToEvaluation().Problems()) { yield return problem; }
    }

    /// <summary>The part that the computation needs.</summary>
    internal EvaluationOptions ToEvaluation() => new() { Metrics = Metrics, PerClass = PerClass, EceBins = EceBins, Interval = Interval };
}

/// <summary>Which models' answers to each row are written.</summary>
public enum PredictionsKept
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those of models with a mark.</summary>
    Marks,

    /// <summary>Those of all exported models.</summary>
    All,
}

/// <summary>Scores of stored checkpoints, one after another, on each distribution.</summary>
public sealed record TrajectoryOptions : IOptions
{
    /// <summary>
    /// <c>all</c> that were stored (the default), <c>none</c>, or a list of marks, <c>step:N</c>, <c>marks</c> and <c>spread:N</c>. They
    /// need not be exported.
    /// </summary>
    public WordList Checkpoints { get; init; } = new(["all"]);

    /// <summary>The words for checkpoints; none when none is to be scored.</summary>
    internal IEnumerable<string> Words => Checkpoints.Is("none") ? [] : Checkpoints.Words;

    /// <summary>Splits and shifts. Default: those of <c>on</c>, and the split of generalization.</summary>
    public ImmutableArray<string> On { get; init; } = [];

    /// <summary>What is computed. Default accuracy and loss.</summary>
    public ImmutableArray<string> Metrics { get; init; } = ["accuracy", "loss"];

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in new EvaluationOptions { Metrics = Metrics }.Problems()) { yield return problem; }
        if (!Metrics.Contains("accuracy")) { yield return new("metrics", "metrics lacks accuracy, from which generalization is read."); }
    }
}

/// <summary>One requirement on results: a map of bounds, or a text as <c>"shift.worst_group &gt;= 0.9"</c> about the final model.</summary>
public sealed record RequireOptions : IOptions, IScalarForm<RequireOptions>
{
    /// <summary>A mark or <c>step:N</c>.</summary>
    public string Model { get; init; } = "final";

    /// <summary>The distribution that the bounds are about.</summary>
    public string On { get; init; } = "validation";

    /// <summary>A bound on the accuracy: <c>">= 0.99"</c>.</summary>
    public Bound? Accuracy { get; init; }

    /// <summary>A bound on the loss, in nats.</summary>
    public Bound? Loss { get; init; }

    /// <summary>A bound on the accuracy of the worst group.</summary>
    public Bound? WorstGroupAccuracy { get; init; }

    /// <summary>
    /// Any metric: <c>"shift.worst_group >= 0.9"</c>; without a distribution on all; <c>"validation - shift &lt;= 0.05"</c> for a gap.
    /// </summary>
    public Requirement? That { get; init; }

    /// <summary>Reads the short form.</summary>
    /// <exception cref="GrokException">It is no requirement.</exception>
    public static RequireOptions FromText(string text) => new() { That = Requirement.Parse(text) };

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Accuracy is null && Loss is null && WorstGroupAccuracy is null && That is null)
        {
            yield return new("", "requires nothing; give a bound, for instance accuracy: \">= 0.99\".");
        }
    }
}
