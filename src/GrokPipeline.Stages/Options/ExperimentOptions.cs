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

/// <summary>What is looked for inside checkpoints.</summary>
public sealed record ProbeOptions : IOptions
{
    /// <summary>
    /// Marks, <c>step:N</c>, <c>marks</c> for all marked ones, <c>all</c> for all that were stored, or <c>spread:N</c> for N of those,
    /// evenly over the logarithm of the step; one of them or a list. A mark that never happened is left out.
    /// </summary>
    public WordList Checkpoints { get; init; } = new(["before_grok", "at_grok", "after_grok", "final"]);

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
