using System.Collections.Immutable;

namespace GrokPipeline.Evaluation;

/// <summary>What is computed of a model's predictions on a distribution.</summary>
public sealed record EvaluationOptions : IOptions
{
    /// <summary>Names of metrics, out of <see cref="Metric.Names"/>.</summary>
    public ImmutableArray<string> Metrics { get; init; } = ["accuracy", "loss", "ece", "brier"];

    /// <summary>Whether the rows of each class, or the outputs of real targets, are scored apart. Default false.</summary>
    public bool PerClass { get; init; }

    /// <summary>Bins of the expected calibration errors. Default 15 (Guo et al. 2017).</summary>
    public int EceBins { get; init; } = 15;

    /// <summary>Intervals beside every number.</summary>
    public IntervalOptions Interval { get; init; } = new();

    /// <summary>What predictions must hold.</summary>
    /// <param name="groups">Whether there is a column of groups: their losses are told besides their accuracies.</param>
    /// <param name="kept">Whether the predictions are written too: they tell probabilities.</param>
    public PredictionParts Needs(bool groups, bool kept = false) =>
        Metrics.Contains("auroc") ? PredictionParts.LogOdds
        : groups || kept || PerClass || Metrics.Any(name => name != "accuracy") ? PredictionParts.Probabilities
        : PredictionParts.Classes;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var name in Metrics.Where(name => !Metric.Names.Contains(name)))
        {
            yield return new("metrics", $"There is no metric named '{name}'.{Spelling.Suggestion(name, Metric.Names)} "
                + $"Use one of: {string.Join(", ", Metric.Names)}.");
        }
        if (EceBins is < 1 or > 1000) { yield return new("ece_bins", $"ece_bins is {EceBins}; give a number from 1 to 1000."); }
        foreach (var problem in Interval.Problems()) { yield return problem; }
    }
}

/// <summary>How intervals are made: Wilson's for rates, a seeded bootstrap for everything else.</summary>
public sealed record IntervalOptions : IOptions
{
    /// <summary>Coverage, in (0, 1).</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Resamples of the bootstrap; 0 for no intervals except Wilson's.</summary>
    public int Resamples { get; init; } = 200;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Level is not (> 0 and < 1)) { yield return new("level", $"level is {Level}; give a number in (0, 1), usually 0.95."); }
        if (Resamples is < 0 or > 100_000) { yield return new("resamples", $"resamples is {Resamples}; give a number from 0 to 100000."); }
    }
}
