using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Tables;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;
using GrokPipeline.Training.Schedules;

namespace GrokPipeline.Training;

/// <summary>All that a training depends on besides the engine.</summary>
public sealed record TrainingPlan
{
    /// <summary>The name under which a model shows what its last layer reads.</summary>
    public const string LastLayerInput = "pre_logits";

    /// <summary>What is trained.</summary>
    public required Model Model { get; init; }

    /// <summary>What the columns are.</summary>
    public required DatasetFacts Facts { get; init; }

    /// <summary>The rows that are trained on.</summary>
    public required Table Train { get; init; }

    /// <summary>What is scored besides train, by name and in order; usually <c>validation</c>. Never trained on.</summary>
    public ImmutableArray<KeyValuePair<string, Table>> Scored { get; init; } = [];

    /// <summary>How gradients become updates.</summary>
    public required Optimizer Optimizer { get; init; }

    /// <summary>Noise in the forward pass of steps; null, the default, for none.</summary>
    public NoiseOptions? Noise { get; init; }

    /// <summary>What is added to the loss besides; null, the default, for nothing.</summary>
    public PenaltyOptions? Penalty { get; init; }

    /// <summary>What is made small. Default cross-entropy.</summary>
    public Loss Loss { get; init; } = new CrossEntropy();

    /// <summary>Learning rate over steps. Default constant.</summary>
    public Schedule Schedule { get; init; } = new Constant(new());

    /// <summary>Rows in a step; null, the default, is all of train.</summary>
    public int? BatchSize { get; init; }

    /// <summary>How many steps, at least 0.</summary>
    public required long Steps { get; init; }

    /// <summary>When the model is scored. Default every 20 steps.</summary>
    public EvaluationSchedule Evaluate { get; init; } = new();

    /// <summary>Root of first values and shuffles.</summary>
    public required Seed Seed { get; init; }

    /// <summary>
    /// Values of another training to begin with; null, the default, for the seed's alone. Parameters that it lacks get the seed's first
    /// values; where it has no optimizer state, that is 0. Its step is not looked at: the training's own steps count from 0.
    /// </summary>
    public TrainingState? Start { get; init; }

    /// <summary>What a loss, gradient or weight that is not finite leads to. Default stop.</summary>
    public NonfinitePolicy OnNonfinite { get; init; } = NonfinitePolicy.Stop;

    /// <summary>Names of <see cref="Measures.FurtherMetrics"/> that are measured at each evaluation. Default none.</summary>
    public ImmutableArray<string> Further { get; init; } = [];

    /// <summary>The activation that <c>feature_change</c> reads. Default what the last layer reads.</summary>
    public string FeatureLayer { get; init; } = LastLayerInput;

    /// <summary>At most so many rows are scored in one run of the engine. Default 1024.</summary>
    public int ScoreRows { get; init; } = 1024;

    /// <summary>The parameters that training begins with, each in a tensor of its own or of <see cref="Start"/>.</summary>
    internal ImmutableSortedDictionary<string, Tensor> FirstParameters()
    {
        var drawn = Model.Initialize(Seed);
        return Start is { } start ? drawn.SetItems(start.Parameters) : drawn;
    }
}

/// <summary>What a loss, gradient or weight that is not finite leads to.</summary>
public enum NonfinitePolicy
{
    /// <summary>Training ends after the record that shows it; the last healthy state stays at hand.</summary>
    Stop,

    /// <summary>Training goes on; the records show it.</summary>
    Record,
}
