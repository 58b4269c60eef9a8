namespace GrokPipeline.Probes.Landscape;

/// <summary>Options of <see cref="SharpnessProbe"/>.</summary>
public sealed record SharpnessOptions : IOptions
{
    /// <summary>The split whose rows the loss is the mean of, or <c>all</c>.</summary>
    public string On { get; init; } = "train";

    /// <summary>Most rows, drawn by seed when there are more, from 2 to 65536. Default 64.</summary>
    public int Rows { get; init; } = 64;

    /// <summary>The box around a parameter w is |w'−w| ≤ ε·(|w| + 1); in (0, 1]. Default 1e-3, as in the paper.</summary>
    public double Epsilon { get; init; } = 1e-3;

    /// <summary>Steps of the ascent, from 1 to 1000. Default 10.</summary>
    public int Steps { get; init; } = 10;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in RowSample.Problems(On, Rows, 65536)) { yield return problem; }
        if (Epsilon is not (> 0 and <= 1)) { yield return new("epsilon", $"epsilon is {Epsilon}; give a number in (0, 1], usually 1e-3."); }
        if (Steps is < 1 or > 1000) { yield return new("steps", $"steps is {Steps}; give a number from 1 to 1000."); }
    }
}

/// <summary>
/// Sharpness of Keskar et al. (2016, eq. 3, with A the identity): <c>phi</c> = 100 · (max L(w + y) − L(w)) / (1 + L(w)), the maximum over
/// the box |yᵢ| ≤ ε·(|wᵢ| + 1). They search it with ten iterations of L-BFGS-B; OUR CHOICE: steepest ascent in the box's own norm, y
/// moves by a quarter of the box along the gradient's sign and is cut back to the box, and the best of all points counts. Also
/// <c>loss</c> L(w) on these rows. Target: <c>loss</c>. A lower bound of the true maximum; 0 at least.
/// </summary>
public sealed class SharpnessProbe(SharpnessOptions options) : Probe
{
    private const double Stride = 0.25;

    /// <inheritdoc/>
    public override string Kind => "sharpness";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        using var surface = LossSurface.Of(context, RowSample.Of(context, options.On, options.Rows, Kind), Kind);
        var (loss, highest) = Climb(surface, surface.Flatten(context.Checkpoint.Parameters), options.Epsilon, options.Steps);
        return
        [
            new(Kind, "loss", "phi", 100 * (highest - loss) / (1 + loss)),
            new(Kind, "loss", "loss", loss),
        ];
    }

    /// <summary>The value at a point and the largest found in the box around it.</summary>
    internal static (double Start, double Highest) Climb(IObjective objective, ReadOnlySpan<float> center, double epsilon, int steps)
    {
        var (point, gradient) = (center.ToArray(), new float[center.Length]);
        var start = objective.Gradient(point, gradient);
        var highest = start;
        for (var step = 0; step < steps; step++)
        {
            for (var i = 0; i < point.Length; i++)
            {
                var half = epsilon * (Math.Abs((double)center[i]) + 1);
                var direction = gradient[i] > 0 ? Stride : gradient[i] < 0 ? -Stride : 0;
                point[i] = (float)Math.Clamp(point[i] + (direction * half), center[i] - half, center[i] + half);
            }
            var value = objective.Gradient(point, gradient);
            if (!(value <= highest)) { highest = value; }      // NaN is told, not hidden
        }
        return (start, highest);
    }
}
