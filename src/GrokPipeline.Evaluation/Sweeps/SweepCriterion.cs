using System.Collections.Immutable;

namespace GrokPipeline.Evaluation.Sweeps;

/// <summary>A change of the definitions, to see how far the numbers depend on them. What is null stays as configured.</summary>
/// <param name="Name">What it is called in tables: <c>0.95</c>.</param>
/// <param name="Accuracy">The accuracy of memorization and of generalization, both; in (0, 1].</param>
/// <param name="ForEvaluations">For how many evaluations generalization must last; at least 1.</param>
public sealed record SweepCriterion(string Name, double? Accuracy = null, int? ForEvaluations = null)
{
    /// <summary>The definitions of the experiment.</summary>
    public static SweepCriterion Configured { get; } = new("as configured");

    /// <summary>Thresholds 0.90, 0.95 and 0.99; last, a single evaluation at the configured thresholds.</summary>
    public static ImmutableArray<SweepCriterion> Others { get; } =
        [new("0.90", 0.90), new("0.95", 0.95), new("0.99", 0.99), new("one evaluation", ForEvaluations: 1)];

    /// <summary>The definitions with this change.</summary>
    public GrokkingOptions Of(GrokkingOptions definitions)
    {
        var (memorization, generalization) = (definitions.Memorization, definitions.Generalization);
        return definitions with
        {
            Memorization = memorization with { Accuracy = Accuracy ?? memorization.Accuracy },
            Generalization = generalization with
            {
                Accuracy = Accuracy ?? generalization.Accuracy,
                ForEvaluations = ForEvaluations ?? generalization.ForEvaluations,
            },
        };
    }
}
