namespace GrokPipeline.Probes.Structure;

/// <summary>Options of <see cref="TsneProbe"/>.</summary>
public sealed record TsneOptions : IOptions
{
    /// <summary>The perplexity, from 1 on; lowered to a third of the points where there are few. Default 30.</summary>
    public double Perplexity { get; init; } = 30;

    /// <summary>Iterations, from 10 to 10000. Default 1000.</summary>
    public int Iterations { get; init; } = 1000;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Perplexity is not (>= 1 and <= 1000))
        {
            yield return new("perplexity", $"perplexity is {Perplexity}; give a number from 1 to 1000.");
        }
        if (Iterations is < 10 or > 10_000)
        {
            yield return new("iterations", $"iterations is {Iterations}; give a number from 10 to 10000.");
        }
    }
}

/// <summary>
/// A picture of the last layer's vectors, one per class, by t-SNE, as Power et al. (2022, figure 3) draw it; they state no parameters, so
/// perplexity, iterations and the start along principal components are OUR CHOICE. Findings: <c>x[c]</c>, <c>y[c]</c>, and
/// <c>divergence</c>, the Kullback–Leibler divergence in nats that is left. Distances in the picture mean little; what lies together does.
/// </summary>
public sealed class TsneProbe(TsneOptions options) : Probe
{
    /// <inheritdoc/>
    public override string Kind => "tsne";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var parameters = context.Checkpoint.Parameters;
        var (target, points) = (ClassPoints.NameIn(parameters, Kind), ClassPoints.Of(parameters, Kind, context.Facts.Classes));
        if (points.Length < 4 || points.Any(point => point.Any(value => !double.IsFinite(value))))
        {
            throw new GrokException($"The {Kind} probe needs at least 4 classes with finite vectors.", "Leave it out for this model.");
        }
        var features = new Features([.. points.SelectMany(point => point)], points.Length, points[0].Length);
        var picture = Tsne.Of(features, Math.Max(1, Math.Min(options.Perplexity, points.Length / 3.0)), options.Iterations);
        for (var c = 0; c < points.Length; c++)
        {
            yield return new(Kind, target, $"x[{c}]", picture.Places[2 * c]);
            yield return new(Kind, target, $"y[{c}]", picture.Places[(2 * c) + 1]);
        }
        yield return new(Kind, target, "divergence", picture.Divergence);
    }
}
