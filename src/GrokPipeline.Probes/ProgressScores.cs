namespace GrokPipeline.Probes;

/// <summary>Means of losses over all pairs and over the pairs of each split.</summary>
internal sealed class ProgressScores(ProbeContext context, InputGrid grid, int[] results)
{
    private readonly int[] _pairs = grid.Pairs();

    /// <summary>Findings for all pairs and for each split.</summary>
    /// <param name="probe">The probe's kind.</param>
    /// <param name="name">Which logits: <c>full</c>, <c>restricted</c>, <c>excluded</c>.</param>
    /// <param name="logits">Shape [p², p].</param>
    /// <param name="frequency">The frequency that was left out alone; 0 for none. Then there are losses only.</param>
    public IEnumerable<ProbeFinding> Of(string probe, string name, float[] logits, int frequency = 0)
    {
        var (losses, right) = (new double[results.Length], new bool[results.Length]);
        for (var pair = 0; pair < results.Length; pair++)
        {
            (losses[pair], right[pair]) = ScoredRows.Of(context.Loss, logits.AsSpan(pair * grid.Modulus, grid.Modulus), results[pair]);
        }
        var index = frequency == 0 ? "" : $"[{frequency}]";
        yield return new(probe, "all", $"{name}_loss{index}", losses.Average());
        if (frequency == 0) { yield return new(probe, "all", $"{name}_accuracy", right.Average(Number)); }
        foreach (var split in context.Splits.Where(split => split.Count > 0))
        {
            var pairs = _pairs.Skip(split.First).Take(split.Count).ToArray();
            yield return new(probe, split.Name, $"{name}_loss{index}", pairs.Average(pair => losses[pair]));
            if (frequency == 0) { yield return new(probe, split.Name, $"{name}_accuracy", pairs.Average(pair => Number(right[pair]))); }
        }
    }

    private static double Number(bool right) => right ? 1.0 : 0.0;
}
