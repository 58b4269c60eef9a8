namespace GrokPipeline.Evaluation;

/// <summary>From where on a model generalizes to a distribution, read off some checkpoints.</summary>
/// <param name="Step">
/// The first of as many checkpoints one after another as the definition asks for that all reach its accuracy; null: never.
/// </param>
/// <param name="After">The checkpoint before, at which it did not yet: the crossing lies between the two. Null when there is none.</param>
/// <param name="Best">The best accuracy of all checkpoints.</param>
/// <param name="Last">The accuracy of the last one.</param>
public sealed record Onset(long? Step, long? After, double Best, double Last)
{
    /// <summary>Reads it off accuracies.</summary>
    /// <param name="curve">Steps, ascending, and accuracies; at least one.</param>
    /// <param name="criterion">Accuracy, and for how many checkpoints one after another.</param>
    /// <exception cref="ArgumentException">There is no checkpoint.</exception>
    public static Onset Of(IReadOnlyList<(long Step, double Accuracy)> curve, GeneralizationOptions criterion)
    {
        if (curve.Count == 0) { throw new ArgumentException("A curve has at least one point.", nameof(curve)); }
        CurvePoint[] points = [.. curve.Select(point => new CurvePoint(point.Step, double.NaN, point.Accuracy))];
        var first = Grokking.FirstSustained(points, point => point.Validation, criterion.Accuracy, criterion.ForEvaluations, 0);
        return new(
            first is { } at ? points[at].Step : null, first is > 0 ? points[first.Value - 1].Step : null,
            curve.Max(point => point.Accuracy), curve[^1].Accuracy);
    }
}
