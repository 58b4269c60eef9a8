namespace GrokPipeline.Data.Clusters;

/// <summary>
/// Subclasses found in the features: k-means in each class (Carvalho et al. 2025 cluster the latent space of each digit, without numbers).
/// </summary>
public sealed record ClusterOptions : IOptions
{
    /// <summary>Subclasses of each class, 2 to 1000. Default 5 (OUR CHOICE).</summary>
    public int PerClass { get; init; } = 5;

    /// <summary>Most rounds of Lloyd's method, 1 to 10000. Default 25 (OUR CHOICE).</summary>
    public int Iterations { get; init; } = 25;

    /// <summary>How often k-means begins anew; the least sum of squared distances is kept. 1 to 1000, default 3 (OUR CHOICE).</summary>
    public int Restarts { get; init; } = 3;

    /// <summary>True, the default (OUR CHOICE): every feature is brought to mean 0 and variance 1 for the distances, over all rows.</summary>
    public bool Standardize { get; init; } = true;

    /// <summary>Root of the starts of k-means; the dataset's own seed does not move the subclasses. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (PerClass is < 2 or > 1000) { yield return new("per_class", $"per_class is {PerClass}; give 2 to 1000, for instance 5."); }
        if (Iterations is < 1 or > 10_000) { yield return new("iterations", $"iterations is {Iterations}; give 1 to 10000, usually 25."); }
        if (Restarts is < 1 or > 1000) { yield return new("restarts", $"restarts is {Restarts}; give 1 to 1000, usually 3."); }
    }

    /// <summary>As in a pipeline file.</summary>
    public override string ToString() => $"{{ per_class: {PerClass}, iterations: {Iterations}, restarts: {Restarts}, "
        + $"standardize: {(Standardize ? "true" : "false")}, seed: {Seed} }}";

    /// <summary>Its problems as those of an option <c>clusters</c>.</summary>
    internal static IEnumerable<OptionProblem> ProblemsOf(ClusterOptions? clusters) =>
        clusters?.Problems().Select(problem => new OptionProblem($"clusters.{problem.Option}", problem.Problem)) ?? [];
}
