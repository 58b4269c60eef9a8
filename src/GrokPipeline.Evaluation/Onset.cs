namespace GrokPipeline.Evaluation;

/// <summary>From where on a model generalizes to a distribution, read off some checkpoints.</summary>
/// <param name="Step">
/// The first of as many checkpoints one after another as the definition asks for that all reach its accuracy; null: never.
/// </param>
/// <param name="After">The checkpoint before, at which it did not yet: the crossing lies between the two. Null when there is none.</param>
/// <param name="Best">The best accuracy of all checkpoints.</param>
/// <param name="Last">The accuracy of the last one.</param>
/// <param name="Unconfirmed">
/// When <paramref name="Step"/> is null: from here on all checkpoints reach the accuracy, but they end before there are enough.
/// </param>
public sealed record Onset(long? Step, long? After, double Best, double Last, long? Unconfirmed = null)
{
    /// <summary>Reads it off accuracies.</summary>
    /// <param name="curve">Steps, ascending, and accuracies; at least one.</param>
    /// <param name="criterion">Accuracy, and for how many checkpoints one after another.</param>
    /// <exception cref="ArgumentException">There is no checkpoint.</exception>
    public static Onset Of(IReadOnlyList<(long Step, double Accuracy)> curve, GeneralizationOptions criterion)
    {
        if (curve.Count == 0) { throw new ArgumentException("A curve has at least one point.", nameof(curve)); }
        var first = Grokking.FirstSustained(curve, Reached, criterion.ForEvaluations);
        var run = Grokking.HeldToTheEnd(curve, Reached);
        var begin = first ?? (run < curve.Count ? run : (int?)null);
        return new(
            first is { } at ? curve[at].Step : null, begin is > 0 ? curve[begin.Value - 1].Step : null,
            curve.Max(point => point.Accuracy), curve[^1].Accuracy, first is null && begin is { } open ? curve[open].Step : null);

        bool Reached((long Step, double Accuracy) point) => point.Accuracy >= criterion.Accuracy;
    }
}
