using System.Collections.Immutable;
using GrokPipeline.Training.Measures;

namespace GrokPipeline.Training;

/// <summary>What is known after a step.</summary>
/// <param name="Step">How many steps were made; 0 is the model as it was drawn.</param>
/// <param name="Loss">The loss that the step's gradient belongs to: before the update, on the step's rows. Null at step 0.</param>
/// <param name="GradientNorm">Euclidean norm of that gradient over all parameters. Null at step 0.</param>
/// <param name="LearningRate">The step's learning rate; 0 at step 0.</param>
/// <param name="Evaluation">Scores of the model after the step; null when it was not evaluated.</param>
public sealed record StepRecord(long Step, double? Loss, double? GradientNorm, double LearningRate, StepScores? Evaluation)
{
    /// <summary>Names of all metrics that <see cref="Measurements"/> knows.</summary>
    public static ImmutableArray<string> MetricNames { get; } =
        ["loss", "accuracy", "weight_norm", "gradient_norm", "batch_loss", "learning_rate", .. FurtherMetrics.Names];

    /// <summary>True when loss, gradient and weights are finite, as far as they are known.</summary>
    public bool IsFinite =>
        double.IsFinite(Loss ?? 0) && double.IsFinite(GradientNorm ?? 0) && double.IsFinite(Evaluation?.WeightNorm ?? 0);

    /// <summary>
    /// The record as tidy rows, in a fixed order: <c>loss</c> and <c>accuracy</c> of each split, <c>weight_norm</c> of the split
    /// <c>model</c>, <c>gradient_norm</c>, <c>batch_loss</c>, <c>learning_rate</c> of the split <c>train</c>, and what was asked for besides.
    /// Empty when the step was neither evaluated nor broken.
    /// </summary>
    /// <param name="metrics">Names to keep; all when null.</param>
    public IEnumerable<Measurement> Measurements(IEnumerable<string>? metrics = null)
    {
        if (Evaluation is null && IsFinite) { return []; }
        var wanted = metrics?.ToHashSet(StringComparer.Ordinal);
        return All().Where(measurement => wanted?.Contains(measurement.Metric) ?? true);
    }

    private IEnumerable<Measurement> All()
    {
        foreach (var score in Evaluation?.Splits ?? [])
        {
            yield return new(score.Split, "loss", score.Loss);
            yield return new(score.Split, "accuracy", score.Accuracy);
        }
        if (Evaluation is not null) { yield return new("model", "weight_norm", Evaluation.WeightNorm); }
        if (GradientNorm is { } norm) { yield return new("train", "gradient_norm", norm); }
        if (Loss is { } loss) { yield return new("train", "batch_loss", loss); }
        if (Step > 0) { yield return new("train", "learning_rate", LearningRate); }
        foreach (var measurement in Evaluation?.Further ?? []) { yield return measurement; }
    }
}

/// <summary>One number of one step.</summary>
/// <param name="Split">What it was measured on: a split, <c>model</c>, or the name of a parameter or activation.</param>
/// <param name="Metric">Its name.</param>
/// <param name="Value">The number; NaN and infinity stay what they are.</param>
public readonly record struct Measurement(string Split, string Metric, double Value);

/// <summary>Scores of the model at one step.</summary>
/// <param name="Splits">One entry for each split, in the plan's order.</param>
/// <param name="WeightNorm">Euclidean norm of all parameters that are trained.</param>
public sealed record StepScores(ImmutableArray<SplitScore> Splits, double WeightNorm)
{
    /// <summary>What the plan asked to be measured besides; only finite numbers.</summary>
    public ImmutableArray<Measurement> Further { get; init; } = [];

    /// <summary>The score of a split, or null when it was not scored.</summary>
    public SplitScore? this[string split]
    {
        get
        {
            foreach (var score in Splits)
            {
                if (score.Split == split) { return score; }
            }
            return null;
        }
    }
}

/// <summary>The score of one split.</summary>
/// <param name="Split">Its name.</param>
/// <param name="Loss">Mean loss over its rows, computed in float64 from the model's float32 logits.</param>
/// <param name="Correct">
/// Rows whose largest logit is at the right class; the first one counts when several are equal. With real targets rows whose squared
/// error, mean over the outputs, is below the dataset's tolerance.
/// </param>
/// <param name="Rows">All rows.</param>
public readonly record struct SplitScore(string Split, double Loss, int Correct, int Rows)
{
    /// <summary>Share of correct rows, in [0, 1].</summary>
    public double Accuracy => (double)Correct / Rows;
}
