namespace GrokPipeline.Probes.Landscape;

/// <summary>Options of <see cref="SharpnessProbe"/>.</summary>
public sealed record SharpnessOptions : IOptions
{
    /// <summary>The split whose rows the loss is the mean of, or <c>all</c>.</summary>
    public string On { get; init; } = "train";

    /// <summary>Most rows, drawn by seed when there are more, from 2 to 65536. Default 64.</summary>
    public int MaxRows { get; init; } = 64;

    /// <summary>The box around a parameter w is |w'−w| ≤ ε·(|w| + 1); in (0, 1]. Default 1e-3, as in the paper.</summary>
    public double Epsilon { get; init; } = 1e-3;

    /// <summary>
    /// Random directions along which the box is searched, from 1 to 64; Power et al. (2022) take 10. Null, the default: the whole space.
    /// </summary>
    public int? Directions { get; init; }

    /// <summary>Steps of the ascent, from 1 to 1000. Default 10.</summary>
    public int Steps { get; init; } = 10;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in RowSample.Problems(On, MaxRows, 65536)) { yield return problem; }
        if (Epsilon is not (> 0 and <= 1)) { yield return new("epsilon", $"epsilon is {Epsilon}; give a number in (0, 1], usually 1e-3."); }
        if (Directions is < 1 or > 64)
        {
            yield return new("directions", $"directions is {Directions}; give a number from 1 to 64, usually 10, or leave it out.");
        }
        if (Steps is < 1 or > 1000) { yield return new("steps", $"steps is {Steps}; give a number from 1 to 1000."); }
    }
}

/// <summary>
/// Sharpness of Keskar et al. (2016, eq. 3, with A the identity): <c>phi</c> = 100 · (max L(w + y) − L(w)) / (1 + L(w)), the maximum over
/// the box |yᵢ| ≤ ε·(|wᵢ| + 1). They search it with ten iterations of L-BFGS-B; OUR CHOICE: steepest ascent in the box's own norm, y
/// moves by a quarter of the box along the gradient's sign and is cut back to the box, and the best of all points counts. Also
/// <c>loss</c> L(w) on these rows. Target: <c>loss on train</c>. A lower bound of the true maximum; 0 at least. With <c>directions</c> the
/// box is |yᵢ| ≤ ε·(|(A⁺w)ᵢ| + 1) along random directions, the rows of A⁺ (target <c>loss on train, 10 directions</c>), and
/// <c>phi_code</c> is what the released code of Power et al. computes where the paper means <c>phi</c>: it minimizes with the sign of the
/// start turned round, 100 · (L(w) − min L(w + Ay)) / (1 − L(w)).
/// </summary>
public sealed class SharpnessProbe(SharpnessOptions options) : Probe
{
    private const double Stride = 0.25;

    /// <inheritdoc/>
    public override string Kind => "sharpness";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        using var surface = LossSurface.Of(context, RowSample.Of(context, options.On, options.MaxRows, Kind), Kind);
        var (center, target) = (surface.Flatten(context.Checkpoint.Parameters), RowSample.Title("loss", options.On));
        if (options.Directions is { } directions) { return Along(surface, center, directions, context.Seed, target); }
        var (loss, highest) = Climb(surface, center, options.Epsilon, options.Steps);
        return [new(Kind, target, "phi", 100 * (highest - loss) / (1 + loss)), new(Kind, target, "loss", loss)];
    }

    private ProbeFinding[] Along(IObjective surface, float[] center, int directions, Seed seed, string target)
    {
        var subspace = new Subspace(surface, center, directions, seed.Derive("sharpness").Stream());
        var (loss, highest) = Climb(subspace, subspace.Center, options.Epsilon, options.Steps);
        var (_, lowest) = Climb(new Negated(subspace), subspace.Center, options.Epsilon, options.Steps);
        target = $"{target}, {directions} directions";
        return
        [
            new(Kind, target, "phi", 100 * (highest - loss) / (1 + loss)),
            new(Kind, target, "phi_code", 100 * (loss + lowest) / (1 - loss)),                  // lowest is of −L
            new(Kind, target, "loss", loss),
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
