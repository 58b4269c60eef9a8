namespace GrokPipeline.Training.Optimizers;

/// <summary>
/// What happens to a gradient before the optimizer sees it, decay and l2 included. It is made egalitarian first, then the perpendicular
/// part is taken, then Grokfast: no paper has two of them, the order is our choice.
/// </summary>
public sealed record GradientOptions : IOptions
{
    /// <summary>Makes all directions of a matrix equally fast (arXiv 2510.04930). Default: not.</summary>
    public EgalitarianOptions? Egalitarian { get; init; }

    /// <summary>
    /// True: only the part that leaves the parameter's direction, at the gradient's norm (Prieto et al. 2025). Default false.
    /// </summary>
    public bool Perpendicular { get; init; }

    /// <summary>Amplifies the slow part of the gradient. Default: not.</summary>
    public GrokfastOptions? Grokfast { get; init; }

    /// <summary>The same with the mean of a window in place of a moving average. Default: not.</summary>
    public GrokfastMaOptions? GrokfastMa { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!Perpendicular && Grokfast is null && GrokfastMa is null && Egalitarian is null)
        {
            yield return new("", "this changes nothing; give 'perpendicular: true', 'grokfast: { alpha: 0.98, lambda: 2 }', "
                + "'grokfast_ma: { window: 100, lambda: 5 }' or 'egalitarian: { iterations: 25 }'.");
        }
        if (Grokfast is not null && GrokfastMa is not null)
        {
            yield return new("grokfast_ma", "grokfast and grokfast_ma are two forms of one filter; give one of them.");
        }
    }

    /// <summary>The transforms, which stand first in a chain; none without options.</summary>
    internal static IEnumerable<Transform> Transforms(GradientOptions? options, ParameterSpec parameter)
    {
        if (options?.Egalitarian is { } equal && parameter.Shape.Rank == 2) { yield return new Orthogonalize(equal.Iterations); }
        if (options?.Perpendicular == true) { yield return new TakePerpendicular(); }
        if (options?.Grokfast is { } grokfast) { yield return new AddSlowGradient(grokfast.Alpha, grokfast.Lambda); }
        if (options?.GrokfastMa is { } mean) { yield return new AddMeanGradient(mean.Window, mean.Lambda, mean.Full); }
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
        foreach (var problem in OfLambda(Lambda)) { yield return problem; }
    }

    internal static IEnumerable<OptionProblem> OfLambda(double lambda)
    {
        if (lambda is not (>= 0 and <= 1e6)) { yield return new("lambda", $"lambda is {lambda}; give a number from 0 to 1000000."); }
    }
}

/// <summary>Options of Grokfast with the mean of a window; the defaults are those of Lee et al. (2024).</summary>
public sealed record GrokfastMaOptions : IOptions
{
    /// <summary>
    /// How many of the last gradients are held, 1 to 1000. Default 100. Each takes as much memory as the parameters, and each step moves
    /// all of them.
    /// </summary>
    public int Window { get; init; } = 100;

    /// <summary>How often the mean is added to the gradient, at least 0. Default 5.</summary>
    public double Lambda { get; init; } = 5;

    /// <summary>
    /// True, the default, as in the authors' code: nothing is added until the window is full. False: the mean of what is there.
    /// </summary>
    public bool Full { get; init; } = true;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Window is < 1 or > 1000)
        {
            yield return new("window", $"window is {Window}; give a number of steps from 1 to 1000, usually 100.");
        }
        foreach (var problem in GrokfastOptions.OfLambda(Lambda)) { yield return problem; }
    }
}

/// <summary>Options of the egalitarian gradient.</summary>
public sealed record EgalitarianOptions : IOptions
{
    /// <summary>
    /// Newton–Schulz iterations, 1 to 60. Default 25, our choice: singular values down to 1/10000 of the gradient's norm come within 1 % of
    /// 1. Each costs two products of the matrix with its own square.
    /// </summary>
    public int Iterations { get; init; } = 25;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Iterations is < 1 or > 60)
        {
            yield return new("iterations", $"iterations is {Iterations}; give a number from 1 to 60, usually 25.");
        }
    }
}
