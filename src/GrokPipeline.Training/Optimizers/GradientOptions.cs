namespace GrokPipeline.Training.Optimizers;

/// <summary>
/// What happens to a gradient before the optimizer sees it, decay and l2 included. The perpendicular part is taken first, then Grokfast:
/// no paper has both, the order is our choice.
/// </summary>
public sealed record GradientOptions : IOptions
{
    /// <summary>True: only the part that leaves the parameter's direction, at the gradient's norm (Prieto et al. 2025). Default false.</summary>
    public bool Perpendicular { get; init; }

    /// <summary>Amplifies the slow part of the gradient. Default: not.</summary>
    public GrokfastOptions? Grokfast { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!Perpendicular && Grokfast is null)
        {
            yield return new("gradient", "gradient changes nothing; give 'perpendicular: true' or 'grokfast: { alpha: 0.98, lambda: 2 }'.");
        }
    }

    /// <summary>The transforms, which stand first in a chain; none without options.</summary>
    internal static IEnumerable<Transform> Transforms(GradientOptions? options)
    {
        if (options?.Perpendicular == true) { yield return new TakePerpendicular(); }
        if (options?.Grokfast is { } grokfast) { yield return new AddSlowGradient(grokfast.Alpha, grokfast.Lambda); }
    }
}

/// <summary>Options of Grokfast with a moving average of exponential weights; the defaults are those of Lee et al. (2024).</summary>
public sealed record GrokfastOptions : IOptions
{
    /// <summary>Share of the average that a step keeps, in [0, 1). Default 0.98.</summary>
    public double Alpha { get; init; } = 0.98;

    /// <summary>How often the average is added to the gradient, at least 0. Default 2.</summary>
    public double Lambda { get; init; } = 2;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Alpha is not (>= 0 and < 1)) { yield return new("alpha", $"alpha is {Alpha}; give a number in [0, 1), usually 0.98."); }
        if (Lambda is not (>= 0 and <= 1e6)) { yield return new("lambda", $"lambda is {Lambda}; give a number from 0 to 1000000."); }
    }
}
