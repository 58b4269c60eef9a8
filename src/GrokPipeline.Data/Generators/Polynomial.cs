using System.Collections.Immutable;

namespace GrokPipeline.Data.Generators;

/// <summary>Options of <see cref="Polynomial"/>.</summary>
public sealed record PolynomialOptions : IOptions
{
    /// <summary>Features of a row, D, 1 to 100000. Default 100 (OUR CHOICE).</summary>
    public int Dimensions { get; init; } = 100;

    /// <summary>
    /// A row is right when its squared error is below this; above 0. Default 0.05, a tenth of the target's variance (OUR CHOICE).
    /// </summary>
    public double Tolerance { get; init; } = 0.05;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Dimensions is < 1 or > 100_000)
        {
            yield return new("dimensions", $"dimensions is {Dimensions}; give 1 to 100000, usually 100.");
        }
        foreach (var problem in DrawnFunction.ToleranceProblems(Tolerance)) { yield return problem; }
    }
}

/// <summary>
/// The polynomial task of Kumar et al. 2024: y = ½(β·x)², with features x of variance 1/D and one direction β, drawn once per seed.
/// </summary>
public sealed class Polynomial : DrawnFunction
{
    private readonly int _dimensions;

    /// <summary>Describes the rows; β is drawn with them.</summary>
    /// <param name="options">Without problems.</param>
    public Polynomial(PolynomialOptions options)
    {
        _dimensions = options.Dimensions;
        Facts = FactsOf(options.Dimensions, 1, options.Tolerance, "(beta · x)²/2");
    }

    /// <inheritdoc/>
    public override DatasetFacts Facts { get; }

    /// <inheritdoc/>
    public override ImmutableArray<string> Notes =>
    [
        "OUR CHOICE: beta has a random direction and the length √D, so that beta · x is standard normal.",
    ];

    private protected override void DrawFeatures(RandomStream stream, Span<float> features)
    {
        var deviation = 1 / Math.Sqrt(_dimensions);
        for (var i = 0; i < features.Length; i++) { features[i] = (float)(deviation * stream.NextNormal()); }
    }

    private protected override TargetFunction FunctionOf(Seed datasetSeed, Seed rowsSeed)
    {
        var (beta, stream, squares) = (new double[_dimensions], datasetSeed.Derive("beta").Stream(), 0.0);
        for (var i = 0; i < beta.Length; i++)
        {
            beta[i] = stream.NextNormal();
            squares += beta[i] * beta[i];
        }
        var length = Math.Sqrt(_dimensions / squares);
        return (features, targets) =>
        {
            var product = 0.0;
            for (var i = 0; i < beta.Length; i++) { product += beta[i] * length * features[i]; }
            targets[0] = (float)(product * product / 2);
        };
    }
}
