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

    /// <summary>The metrics that can be asked for, by name.</summary>
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

    /// <summary>Names that a requirement may use: those of <see cref="All"/> and those that groups bring; in alphabetical order.</summary>
    public static IReadOnlyList<string> Required { get; } =
        [.. All.Keys.Append(WorstGroup).Append(MeanGroup).Order(StringComparer.Ordinal)];
}
