namespace GrokPipeline.Training.Checkpoints;

/// <summary>After which steps a checkpoint is kept whatever happens. Before the first and after the last step one always is.</summary>
public sealed record CheckpointSchedule : IOptions
{
    /// <summary>True, the default: steps 1, 2, 4, 8, ….</summary>
    public bool PowersOfTwo { get; init; } = true;

    /// <summary>Each multiple of this; 0 for none. Default 250.</summary>
    public long Every { get; init; } = 250;

    /// <summary>A geometric grid with this ratio between points; 1, the default, for none.</summary>
    public double GridRatio { get; init; } = 1;

    /// <summary>True when a checkpoint is kept after this step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">The last step.</param>
    public bool Includes(long step, long steps) =>
        step == 0 || step == steps || (PowersOfTwo && long.IsPow2(step)) || (Every > 0 && step % Every == 0)
        || GeometricGrid.Includes(step, GridRatio);

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Every < 0) { yield return new("every", $"every is {Every}; give a number of steps, or 0 for none."); }
        if (!GeometricGrid.Accepts(GridRatio))
        {
            yield return new("grid_ratio", $"grid_ratio is {GridRatio}; give 1 for none, or 1.001 to 10.");
        }
    }
}
