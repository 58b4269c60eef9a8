using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Evaluation;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Stages.Options;

/// <summary>One entry of <c>experiments</c>: what is trained on what, and what is asked of it afterwards.</summary>
public sealed record ExperimentOptions : IOptions
{
    /// <summary>What people call it; the name when empty.</summary>
    public string Title { get; init; } = "";

    /// <summary>The dataset by name.</summary>
    public string Data { get; init; } = "";

    /// <summary>The model.</summary>
    public Choice<Func<DatasetFacts, Model>>? Model { get; init; }

    /// <summary>How it is trained.</summary>
    public TrainOptions Train { get; init; } = new();

    /// <summary>The definitions behind marks and verdict.</summary>
    public GrokkingOptions Grokking { get; init; } = new();

    /// <summary>Which states are kept.</summary>
    public CheckpointOptions Checkpoints { get; init; } = new();

    /// <summary>How checkpoints become ONNX files.</summary>
    public ExportOptions Export { get; init; } = new();

    /// <summary>What exported models are scored on.</summary>
    public EvaluateOptions Evaluate { get; init; } = new();

    /// <summary>What is looked for inside checkpoints.</summary>
    public ProbeOptions Probe { get; init; } = new();

    /// <summary>What the report contains.</summary>
    public ReportOptions Report { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Data.Length == 0) { yield return new("data", "is missing: name one of the datasets."); }
        if (Model is null)
        {
            yield return new("model", $"is missing. Its kind is one of: {string.Join(", ", Training.Models.Model.All.Names)}.");
        }
    }
}

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

    /// <summary>What is computed.</summary>
    public ImmutableArray<string> Metrics { get; init; } = ["accuracy", "loss", "ece", "brier"];

    /// <summary>Intervals beside every number.</summary>
    public IntervalOptions Interval { get; init; } = new();

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
    internal EvaluationOptions ToEvaluation() => new() { Metrics = Metrics, Interval = Interval };
}

/// <summary>One requirement on results.</summary>
public sealed record RequireOptions : IOptions
{
    /// <summary>A mark or <c>step:N</c>.</summary>
    public string Model { get; init; } = "final";

    /// <summary>The distribution.</summary>
    public string On { get; init; } = "validation";

    /// <summary>A bound on the accuracy: <c>">= 0.99"</c>.</summary>
    public Bound? Accuracy { get; init; }

    /// <summary>A bound on the loss, in nats.</summary>
    public Bound? Loss { get; init; }

    /// <summary>A bound on the accuracy of the worst group.</summary>
    public Bound? WorstGroupAccuracy { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Accuracy is null && Loss is null && WorstGroupAccuracy is null)
        {
            yield return new("", "requires nothing; give a bound, for instance accuracy: \">= 0.99\".");
        }
    }
}

/// <summary>What is looked for inside checkpoints.</summary>
public sealed record ProbeOptions : IOptions
{
    /// <summary>
    /// Marks, <c>step:N</c>, <c>marks</c> for all marked ones, <c>all</c> for all that were stored, or <c>spread:N</c> for N of those, evenly
    /// over the logarithm of the step. A mark that never happened is left out.
    /// </summary>
    public ImmutableArray<string> Checkpoints { get; init; } = ["before_grok", "at_grok", "after_grok", "final"];

    /// <summary>The probes.</summary>
    public ImmutableArray<Choice<Probes.Probe>> Probes { get; init; } = [];

    /// <summary>Root of splits, shuffles and controls. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [];
}

/// <summary>What the report contains.</summary>
public sealed record ReportOptions : IOptions
{
    /// <summary>Files beside the page, for each figure. Default svg and csv.</summary>
    public ImmutableArray<ReportFormat> Formats { get; init; } = [ReportFormat.Html, ReportFormat.Svg, ReportFormat.Csv];

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!Formats.Contains(ReportFormat.Html)) { yield return new("formats", "formats lacks html, the report itself."); }
    }
}

/// <summary>A form in which the report or its figures are written.</summary>
public enum ReportFormat
{
    /// <summary>The page.</summary>
    Html,

    /// <summary>Each figure as a drawing.</summary>
    Svg,

    /// <summary>Each figure's numbers.</summary>
    Csv,
}
