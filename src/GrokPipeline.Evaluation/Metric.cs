using System.Collections.Frozen;

namespace GrokPipeline.Evaluation;

/// <summary>A number computed from the predictions of some rows.</summary>
/// <param name="Name">The name used in a pipeline file.</param>
/// <param name="Description">What it is, in a few words.</param>
public sealed record Metric(string Name, string Description)
{
    /// <summary>The share of right rows in the worst group; computed whenever there are groups.</summary>
    public const string WorstGroup = "worst_group_accuracy";

    /// <summary>The mean of the groups' accuracies; computed whenever there are groups.</summary>
    public const string MeanGroup = "mean_group_accuracy";

    /// <summary>The yardstick's accuracy minus that of the distribution; computed whenever there is a yardstick.</summary>
    public const string AccuracyGap = "accuracy_gap";

    /// <summary>The yardstick's loss minus that of the distribution; computed whenever there is a yardstick.</summary>
    public const string LossGap = "loss_gap";

    /// <summary>The metrics of classes that can be asked for, by name.</summary>
    public static FrozenDictionary<string, Metric> All { get; } = new Metric[]
    {
        new("accuracy", "share of rows whose largest logit is at the right class"),
        new("loss", "mean negative log-likelihood of the right class, in nats"),
        new("ece", "expected calibration error over bins of equal width"),
        new("ece_mass", "expected calibration error over bins of equally many rows"),
        new("brier", "mean squared distance of the probabilities from the truth, in [0, 2]"),
        new("margin", "mean of the right class's logit minus the largest other"),
        new("margin_q05", "the margin that one row in twenty stays below"),
        new("balanced_accuracy", "mean over classes of the accuracy on their rows"),
        new("adjusted_accuracy", "accuracies of the groups, weighted by the groups' shares of train"),
        new("auroc", "area under the ROC curve, one class against the rest, mean over classes"),
    }.ToFrozenDictionary(metric => metric.Name, StringComparer.Ordinal);

    /// <summary>The metrics of real targets that can be asked for, by name.</summary>
    public static FrozenDictionary<string, Metric> OfReal { get; } = new Metric[]
    {
        new("accuracy", "share of rows whose squared error, mean over the outputs, is below the tolerance"),
        new("loss", "squared error, mean over rows and outputs"),
        new("r2", "1 minus squared error over the targets' own spread, mean over the outputs"),
    }.ToFrozenDictionary(metric => metric.Name, StringComparer.Ordinal);

    /// <summary>The names of all of them, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Keys.Union(OfReal.Keys).Order(StringComparer.Ordinal)];

    /// <summary>
    /// Names that a requirement may use: <see cref="Names"/>, those that groups bring, and gaps; in alphabetical order.
    /// </summary>
    public static IReadOnlyList<string> Required { get; } =
        [.. Names.Concat([WorstGroup, MeanGroup, AccuracyGap, LossGap]).Order(StringComparer.Ordinal)];

    /// <summary>True for a metric that is not defined for answers of several tokens.</summary>
    public static bool IsOfOneToken(string name) => name is "ece" or "ece_mass" or "brier" or "balanced_accuracy" or "auroc";

    /// <summary>True for a difference between two distributions: the yardstick itself has none.</summary>
    public static bool IsGap(string name) => name is AccuracyGap or LossGap;
}
