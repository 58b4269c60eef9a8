namespace GrokPipeline.Evaluation.Stopping;

/// <summary>
/// Where a positive curve has been flat for the last half of log-time: over all evaluations from √t to t, the largest over the smallest
/// number, as a logarithm, is less than a slope times ln t − ln √t. Both ends of the window move forward, so that one pass suffices.
/// </summary>
internal static class Plateau
{
    private const int FewestPoints = 3;

    /// <summary>The first index at which the curve is flat and a condition holds; null: never.</summary>
    /// <param name="steps">Steps, ascending; what is before step 1 has no logarithm and is left out.</param>
    /// <param name="values">One for each step; one that is not positive or not finite breaks the plateau.</param>
    /// <param name="slope">The bound on |d ln value / d ln t|.</param>
    /// <param name="holds">What else must be true at the index.</param>
    public static int? First(IReadOnlyList<long> steps, IReadOnlyList<double> values, double slope, Func<int, bool> holds)
    {
        var (highest, lowest) = (new LinkedList<int>(), new LinkedList<int>());
        var (begin, broken) = (0, -1);
        for (var i = 0; i < steps.Count; i++)
        {
            if (steps[i] < 1) { begin = i + 1; continue; }
            if (!(values[i] > 0) || double.IsInfinity(values[i])) { broken = i; continue; }
            Push(highest, i, (a, b) => values[a] <= values[b]);
            Push(lowest, i, (a, b) => values[a] >= values[b]);
            while ((double)steps[begin] * steps[begin] < steps[i]) { begin++; }                 // before √t
            Drop(highest, begin);
            Drop(lowest, begin);
            if (broken >= begin || i - begin + 1 < FewestPoints || !holds(i)) { continue; }
            // Not null: index i itself stands in both.
            var spread = PortableMath.Log(values[highest.First!.Value] / values[lowest.First!.Value]);
            var length = PortableMath.Log((double)steps[i] / steps[begin]);
            if (spread < slope * length) { return i; }
        }
        return null;
    }

    // Keeps the candidates for the largest (smallest) number of the window, the first of them first.
    private static void Push(LinkedList<int> candidates, int index, Func<int, int, bool> beaten)
    {
        while (candidates.Last is { } last && beaten(last.Value, index)) { candidates.RemoveLast(); }
        candidates.AddLast(index);
    }

    private static void Drop(LinkedList<int> candidates, int begin)
    {
        while (candidates.First is { } first && first.Value < begin) { candidates.RemoveFirst(); }
    }
}
