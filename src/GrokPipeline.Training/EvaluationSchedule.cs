namespace GrokPipeline.Training;

/// <summary>After which steps the model is scored. Before the first step and after the last it always is.</summary>
/// <param name="Every">Each multiple of this; at least 1.</param>
/// <param name="DenseUntil">Besides, each step up to this one; 0 for none.</param>
/// <param name="GridRatio">
/// Besides, a geometric grid: each next point is this many times the one before, and at least one more. 1 for none; 1.02 to 1.05 shows
/// the early phase on a logarithmic axis.
/// </param>
public sealed record EvaluationSchedule(long Every, long DenseUntil = 0, double GridRatio = 1) : IOptions
{
    /// <summary>Every 20 steps.</summary>
    public EvaluationSchedule()
        : this(20)
    {
    }

    /// <summary>True when the model is scored after this step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">The last step.</param>
    public bool Includes(long step, long steps) =>
        step == 0 || step == steps || step <= DenseUntil || step % Every == 0 || GeometricGrid.Includes(step, GridRatio);

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Every < 1) { yield return new("every", $"every is {Every}; give a number of steps from 1 on."); }
        if (DenseUntil < 0) { yield return new("dense_until", $"dense_until is {DenseUntil}; give a step from 0 on."); }
        if (!GeometricGrid.Accepts(GridRatio))
        {
            yield return new("grid_ratio", $"grid_ratio is {GridRatio}; give 1 for none, or 1.001 to 10.");
        }
    }
}

/// <summary>Steps 1, …, each about a fixed ratio after the one before.</summary>
internal static class GeometricGrid
{
    public static bool Accepts(double ratio) => ratio is 1 or (>= 1.001 and <= 10);

    // Walked from 1 by multiplication: a logarithm would not be the same on every machine.
    public static bool Includes(long step, double ratio)
    {
        if (ratio <= 1 || step < 1) { return false; }
        var point = 1.0;
        while (point < step) { point = Math.Max(point + 1, Math.Round(point * ratio)); }
        return point == step;
    }
}
