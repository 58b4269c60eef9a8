namespace GrokPipeline.Evaluation;

/// <summary>
/// Spikes of a loss (the slingshots of Thilak et al. 2022). OUR CHOICE: a spike begins where the loss is above ten times the lowest so
/// far, and ends where it is back below twice that; a spike between two evaluations is missed.
/// </summary>
public static class LossSpikes
{
    private const double Begin = 10, End = 2;

    /// <summary>The steps at which spikes begin.</summary>
    /// <param name="steps">Evaluated steps, ascending.</param>
    /// <param name="losses">One for each step; one that is not finite is passed over.</param>
    public static IReadOnlyList<long> Of(IReadOnlyList<long> steps, IReadOnlyList<double> losses)
    {
        var (spikes, lowest, inside) = (new List<long>(), double.PositiveInfinity, false);
        for (var i = 0; i < losses.Count; i++)
        {
            if (!double.IsFinite(losses[i])) { continue; }
            if (!inside && losses[i] > Begin * lowest)
            {
                spikes.Add(steps[i]);
                inside = true;
            }
            else if (inside && losses[i] < End * lowest) { inside = false; }
            lowest = Math.Min(lowest, losses[i]);
        }
        return spikes;
    }
}
