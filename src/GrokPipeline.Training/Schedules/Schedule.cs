namespace GrokPipeline.Training.Schedules;

/// <summary>From a step to the learning rate, as a share of the optimizer's own.</summary>
public abstract record Schedule
{
    /// <summary>The schedules that a pipeline file may name.</summary>
    public static Catalogue<Schedule> All { get; } = new("schedule")
    {
        { "constant", (ConstantOptions options) => new Constant(options) },
        { "cosine", (CosineOptions options) => new Cosine(options) },
    };

    /// <summary>The share for one step: 1 is the optimizer's learning rate.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="steps">How many steps are planned.</param>
    public abstract double Factor(long step, long steps);

    /// <summary>A linear rise over the first steps.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="warmup">How many steps it takes; 0 for none.</param>
    /// <param name="fromZero">True: the first step has learning rate 0, as in openai/grok; false: 1/warmup.</param>
    internal static double Rise(long step, long warmup, bool fromZero)
    {
        var done = fromZero ? step - 1 : step;
        return done >= warmup ? 1 : (double)done / warmup;
    }

    internal static IEnumerable<OptionProblem> WarmupProblems(long warmup)
    {
        if (warmup is < 0 or > 1_000_000_000) { yield return new("warmup", $"warmup is {warmup}; give a number of steps from 0 on."); }
    }
}

/// <summary>Options of <c>constant</c>.</summary>
public sealed record ConstantOptions : IOptions
{
    /// <summary>Steps of a linear rise at the beginning. Default 0; Power et al. (2022) use 10.</summary>
    public long Warmup { get; init; }

    /// <summary>
    /// True: the rise starts at 0, so that the first step changes nothing, as openai/grok's code does. Default false: it starts at
    /// 1/warmup.
    /// </summary>
    public bool WarmupFromZero { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => Schedule.WarmupProblems(Warmup);
}

/// <summary>A rise, then 1.</summary>
/// <param name="Options">The rise.</param>
public sealed record Constant(ConstantOptions Options) : Schedule
{
    /// <inheritdoc/>
    public override double Factor(long step, long steps) => Rise(step, Options.Warmup, Options.WarmupFromZero);
}

/// <summary>Options of <c>cosine</c>.</summary>
public sealed record CosineOptions : IOptions
{
    /// <summary>Steps of a linear rise at the beginning. Default 10.</summary>
    public long Warmup { get; init; } = 10;

    /// <summary>True: the rise starts at 0, so that the first step changes nothing. Default false: it starts at 1/warmup.</summary>
    public bool WarmupFromZero { get; init; }

    /// <summary>The share at the last step, in [0, 1]. Default 0.1, as in openai/grok's annealing.</summary>
    public double FinalFraction { get; init; } = 0.1;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in Schedule.WarmupProblems(Warmup)) { yield return problem; }
        if (FinalFraction is not (>= 0 and <= 1))
        {
            yield return new("final_fraction", $"final_fraction is {FinalFraction}; give a number from 0 to 1.");
        }
    }
}

/// <summary>A rise, then half a cosine wave from 1 down to the final fraction at the last step (Loshchilov and Hutter 2017).</summary>
/// <param name="Options">Rise and end.</param>
public sealed record Cosine(CosineOptions Options) : Schedule
{
    /// <inheritdoc/>
    public override double Factor(long step, long steps)
    {
        if (step <= Options.Warmup) { return Rise(step, Options.Warmup, Options.WarmupFromZero); }
        var way = Math.Min(1, (double)(step - Options.Warmup) / Math.Max(1, steps - Options.Warmup));
        return Options.FinalFraction + ((1 - Options.FinalFraction) * 0.5 * (1 + PortableMath.CosTurns(way / 2)));
    }
}
