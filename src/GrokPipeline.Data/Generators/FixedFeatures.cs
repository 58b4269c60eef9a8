using System.Collections.Immutable;

namespace GrokPipeline.Data.Generators;

/// <summary>Options of <see cref="FixedFeatures"/>.</summary>
public sealed record FixedFeaturesOptions : IOptions
{
    /// <summary>x is drawn uniformly from −range to range, above 0. Default 1 (OUR CHOICE).</summary>
    public double Range { get; init; } = 1;

    /// <summary>Standard deviation of normal noise on the target, 0 to 1e6. Default 0.</summary>
    public double Noise { get; init; }

    /// <summary>A row is right when its squared error is below this; above 0. Default 0.05 (OUR CHOICE).</summary>
    public double Tolerance { get; init; } = 0.05;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!(Range > 0 && Range <= 1e3))
        {
            yield return new("range", $"range is {Range}; give a number above 0 and up to 1000, usually 1.");
        }
        if (!(Noise >= 0 && Noise <= 1e6)) { yield return new("noise", $"noise is {Noise}; give a number from 0 to 1e6, usually 0."); }
        foreach (var problem in DrawnFunction.ToleranceProblems(Tolerance)) { yield return problem; }
    }
}

/// <summary>
/// Linear regression with fixed features, after Miller et al. 2024: one number x, of which a linear model sees x, x², x³ and sin(100·x).
/// The target is x itself, so that the first feature explains it and the others only fit.
/// </summary>
public sealed class FixedFeatures : DrawnFunction
{
    private const double HundredRadiansInTurns = 100 / (2 * Math.PI);

    private readonly FixedFeaturesOptions _options;

    /// <summary>Describes the rows.</summary>
    /// <param name="options">Without problems.</param>
    public FixedFeatures(FixedFeaturesOptions options)
    {
        _options = options;
        Facts = FactsOf(4, 1, options.Tolerance, "x, seen as x, x², x³, sin(100 x)");
    }

    /// <inheritdoc/>
    public override DatasetFacts Facts { get; }

    /// <inheritdoc/>
    public override ImmutableArray<string> Notes =>
    [
        "OUR CHOICE: x is uniform, and the target is x; the paper gives the features and the first weights, 0.0005, 0.9, 0.9, 0.9.",
    ];

    private protected override void DrawFeatures(RandomStream stream, Span<float> features)
    {
        var x = _options.Range * ((2 * stream.NextUniform()) - 1);
        features[0] = (float)x;
        features[1] = (float)(x * x);
        features[2] = (float)(x * x * x);
        features[3] = (float)PortableMath.SinTurns(x * HundredRadiansInTurns);
    }

    private protected override TargetFunction FunctionOf(Seed datasetSeed, Seed rowsSeed)
    {
        var (noise, deviation) = (rowsSeed.Derive("noise").Stream(), _options.Noise);
        return (features, targets) => targets[0] = deviation > 0 ? (float)(features[0] + (deviation * noise.NextNormal())) : features[0];
    }
}
