using System.Collections.Immutable;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Training;
using GrokPipeline.Training.Checkpoints;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Measures;
using GrokPipeline.Training.Optimizers;
using GrokPipeline.Training.Schedules;

namespace GrokPipeline.Stages.Options;

/// <summary>How a model is trained.</summary>
public sealed record TrainOptions : IOptions
{
    /// <summary>The engine by name. Default simd.</summary>
    public string Engine { get; init; } = "simd";

    /// <summary>True, the default: an engine that cannot promise the same bytes on the same machine is refused.</summary>
    public bool Deterministic { get; init; } = true;

    /// <summary>The floating-point type that is trained in.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Rows of a step. Default full: all of train.</summary>
    public BatchSize Batch { get; init; }

    /// <summary>
    /// How many rows of train are trained on, drawn with the seed; fewer are among more, and validation stays what it was. Default all.
    /// </summary>
    public int? Rows { get; init; }

    /// <summary>The checkpoint of another experiment to begin with. Default none: first values of the seed.</summary>
    public StartOptions? Start { get; init; }

    /// <summary>Steps to make, at least 1. Default 4000.</summary>
    public long Steps { get; init; } = 4000;

    /// <summary>Root of first values and shuffles. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>The model is scored after each multiple of this, at least 1. Default 20.</summary>
    public long EvaluateEvery { get; init; } = 20;

    /// <summary>
    /// Metrics that are recorded; loss and accuracy of every split are always among them. Those beyond the norms are measured only when
    /// they are named.
    /// </summary>
    public ImmutableArray<string> Metrics { get; init; } = ["loss", "accuracy", "weight_norm", "gradient_norm"];

    /// <summary>The activation that the metric feature_change follows; null, the default, is pre_logits: what the last layer reads.</summary>
    public string? FeatureLayer { get; init; }

    /// <summary>How gradients become updates. Default adamw.</summary>
    public Choice<Optimizer> Optimizer { get; init; } = new("adamw", new AdamWOptions());

    /// <summary>What is made small. Default cross_entropy.</summary>
    public Choice<Loss> Loss { get; init; } = new("cross_entropy", new CrossEntropyOptions());

    /// <summary>Learning rate over steps. Default constant.</summary>
    public Choice<Schedule> Schedule { get; init; } = new("constant", new ConstantOptions());

    /// <summary>Noise in the forward pass of steps. Default none.</summary>
    public NoiseOptions? Noise { get; init; }

    /// <summary>What is added to the loss besides: the spectral entropy of matrices. Default nothing.</summary>
    public PenaltyOptions? Penalty { get; init; }

    /// <summary>What a number that is not finite leads to.</summary>
    public NonfiniteOptions OnNonfinite { get; init; } = new();

    /// <summary>When to give up.</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Steps is < 1 or > 1_000_000_000) { yield return new("steps", $"steps is {Steps}; give a number from 1 to 1000000000."); }
        if (Rows is < 1) { yield return new("rows", $"rows is {Rows}; give at least 1, or leave it out for all."); }
        if (EvaluateEvery < 1)
        {
            yield return new("evaluate_every", $"evaluate_every is {EvaluateEvery}; give a number of steps from 1 on.");
        }
        foreach (var name in Metrics.Where(name => !StepRecord.MetricNames.Contains(name)))
        {
            var known = string.Join(", ", StepRecord.MetricNames);
            yield return new("metrics",
                $"there is no metric named '{name}'.{DidYouMean.Of(name, StepRecord.MetricNames)} Use some of: {known}.");
        }
        if (FeatureLayer is not null && !Metrics.Contains(FurtherMetrics.FeatureChange))
        {
            yield return new("feature_layer", "feature_layer is for the metric feature_change, which is not among metrics; add it there.");
        }
    }
}

/// <summary>A floating-point type.</summary>
public enum Precision
{
    /// <summary>IEEE 754 single precision.</summary>
    Float32,
}

/// <summary>What a loss, gradient or weight that is not finite leads to.</summary>
public sealed record NonfiniteOptions : IOptions
{
    /// <summary>stop: end with the last healthy checkpoint kept; record: go on.</summary>
    public NonfinitePolicy Do { get; init; } = NonfinitePolicy.Stop;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [];
}

/// <summary>When a training gives up; it can be resumed then.</summary>
public sealed record LimitOptions : IOptions
{
    /// <summary>Longest time of one run of the stage; 0, the default, for none.</summary>
    public Duration Wall { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [];
}

/// <summary>Which states of a training are kept.</summary>
public sealed record CheckpointOptions : IOptions
{
    /// <summary>Steps that are kept whatever happens.</summary>
    public CheckpointSchedule Schedule { get; init; } = new();

    /// <summary>Names given to checkpoints after the run; these are exported.</summary>
    public ImmutableArray<string> Marks { get; init; } = Runs.Marks.Names;

    /// <summary>How many evaluated states are held until the transition is known. Default 16.</summary>
    public int Ring { get; init; } = 16;

    /// <summary>Which checkpoints also keep the optimizer's state. Default final.</summary>
    public OptimizerStateKept OptimizerState { get; init; } = OptimizerStateKept.Final;

    /// <summary>How often a state to resume from is written. Default 20s.</summary>
    public Duration ResumeEvery { get; init; } = new(20);

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var mark in Marks.Where(mark => !Runs.Marks.Names.Contains(mark)))
        {
            var known = string.Join(", ", Runs.Marks.Names);
            yield return new("marks",
                $"there is no mark named '{mark}'.{DidYouMean.Of(mark, Runs.Marks.Names)} Use some of: {known}.");
        }
        if (Ring is < 1 or > 1024) { yield return new("ring", $"ring is {Ring}; give a number from 1 to 1024."); }
    }
}

/// <summary>Which checkpoints keep the optimizer's state.</summary>
public enum OptimizerStateKept
{
    /// <summary>None.</summary>
    None,

    /// <summary>The last one.</summary>
    Final,

    /// <summary>All of the schedule.</summary>
    All,
}
