using System.Collections.Immutable;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.Generators;

/// <summary>Options of <see cref="GaussianSubclasses"/>.</summary>
public sealed record GaussianSubclassesOptions : IOptions
{
    /// <summary>
    /// <c>equidistant</c> (4 classes × 2 subclasses, all at the same distance) or <c>equivariant</c> (4 classes × 10 subclasses, those of
    /// a class near to each other). Default equidistant.
    /// </summary>
    public Geometry Geometry { get; init; } = Geometry.Equidistant;

    /// <summary>Binary positions of a word, 8 (equivariant: 9) to 16. Default 9, as in Carvalho et al. 2025.</summary>
    public int Positions { get; init; } = 9;

    /// <summary>Features per position, 1 to 1000. Default 13, as in Carvalho et al. 2025; with 9 positions, 117 features.</summary>
    public int Dimensions { get; init; } = 13;

    /// <summary>Distance of the two means of a position, above 0. Default 1, as in Carvalho et al. 2025.</summary>
    public double MeanDistance { get; init; } = 1.0;

    /// <summary>Standard deviation of every feature, at least 0. Default 0.15 (OUR CHOICE: the paper does not state it).</summary>
    public double Sigma { get; init; } = 0.15;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!Enum.IsDefined(Geometry)) { yield return new("geometry", "give equidistant or equivariant."); }
        else if (Positions < SubclassGeometry.LeastPositions(Geometry) || Positions > 16)
        {
            yield return new("positions", $"positions is {Positions}; give {SubclassGeometry.LeastPositions(Geometry)} to 16, usually 9.");
        }
        if (Dimensions is < 1 or > 1000) { yield return new("dimensions", $"dimensions is {Dimensions}; give 1 to 1000, usually 13."); }
        if (!(MeanDistance > 0 && MeanDistance <= 1e6))
        {
            yield return new("mean_distance", $"mean_distance is {MeanDistance}; give a number above 0 and up to 1e6, usually 1.");
        }
        if (!(Sigma >= 0 && Sigma <= 1e6)) { yield return new("sigma", $"sigma is {Sigma}; give a number from 0 to 1e6, usually 0.15."); }
    }
}

/// <summary>
/// Gaussian clouds on the corners of a cube, several per class (Carvalho et al. 2025, appendix A). Each position i has a unit vector u_i;
/// a subclass with the word j has the mean that is, in position i, (bit_i(j) − 1/2)·mean_distance·u_i. Columns <c>row</c>, <c>x</c>,
/// <c>label</c>, <c>subclass</c>.
/// </summary>
public sealed class GaussianSubclasses : DrawnDataset
{
    private readonly GaussianSubclassesOptions _options;
    private readonly SubclassGeometry _geometry;

    /// <summary>Lays out the subclasses.</summary>
    /// <param name="options">Without problems.</param>
    public GaussianSubclasses(GaussianSubclassesOptions options)
    {
        (_options, _geometry) = (options, new SubclassGeometry(options.Geometry, options.Positions));
        SubclassesPerClass = _geometry.PerClass;
        Facts = new DatasetFacts
        {
            Kind = InputKind.Features,
            Classes = SubclassGeometry.Classes,
            Target = "label",
            Group = "subclass",
            Groups = _geometry.Words.Length,
            Operation = $"{options.Geometry} Gaussian subclasses",
            Features = "x",
            FeatureCount = options.Positions * options.Dimensions,
        };
    }

    /// <inheritdoc/>
    public override DatasetFacts Facts { get; }

    /// <summary>Standard deviation of the features.</summary>
    public double Sigma => _options.Sigma;

    /// <inheritdoc/>
    public override ImmutableArray<string> Notes =>
    [
        "OUR CHOICE: in each position the two means are ±1/2 times a random unit vector, drawn once per seed; the paper gives their "
            + "distance only.",
        "OUR CHOICE: every feature has the standard deviation sigma, without correlation; features are not normalised.",
        _options.Geometry == Geometry.Equidistant
            ? "OUR CHOICE: the classes are the words {1, 2}, {4, 8}, {16, 32}, {64, 128}; the rare subclasses of a class are its last ones."
            : "OUR CHOICE: the rare subclasses of a class are its last ones, never the centre.",
        "OUR CHOICE: with a subclass rate of 1 every subclass gets floor(rows / subclasses) rows; validation and test are uniform "
            + "over subclasses.",
    ];

    /// <summary>New rows with another standard deviation.</summary>
    internal Table Draw(int rows, double sigma, Seed datasetSeed, Seed rowsSeed) =>
        Clouds(Uniform(rows, Enumerable.Range(0, Facts.Groups)), sigma, datasetSeed, rowsSeed).ToTable();

    /// <inheritdoc/>
    protected override RowSource Part(string part, int[] counts, Seed datasetSeed, Seed rowsSeed) =>
        Clouds(counts, Sigma, datasetSeed, rowsSeed);

    private RowSource Clouds(int[] counts, double sigma, Seed datasetSeed, Seed rowsSeed)
    {
        var directions = Directions(datasetSeed);
        var clouds = new GaussianClouds([.. _geometry.Words.Select(word => Mean(word, directions))], sigma, counts, rowsSeed);
        return new RowSource(clouds.Rows, (first, count) =>
        {
            var (row, x, subclass) = clouds.Read(first, count);
            return Table.Of(
                row, x,
                ColumnValues.Of("label", Array.ConvertAll(subclass, group => group / _geometry.PerClass), "Class, 0 to 3"),
                ColumnValues.Of("subclass", subclass, "Subclass over all classes; class = subclass / subclasses per class"));
        });
    }

    private double[][] Directions(Seed datasetSeed)
    {
        var directions = new double[_options.Positions][];
        for (var position = 0; position < directions.Length; position++)
        {
            var stream = datasetSeed.Derive($"geometry/position-{position}").Stream();
            var direction = new double[_options.Dimensions];
            for (var i = 0; i < direction.Length; i++) { direction[i] = stream.NextNormal(); }
            var squares = 0.0;
            foreach (var value in direction) { squares += value * value; }
            var norm = Math.Sqrt(squares);
            directions[position] = Array.ConvertAll(direction, value => value / norm);
        }
        return directions;
    }

    private double[] Mean(int word, double[][] directions)
    {
        var mean = new double[Facts.FeatureCount];
        for (var position = 0; position < directions.Length; position++)
        {
            var side = (((word >> position) & 1) - 0.5) * _options.MeanDistance;
            for (var i = 0; i < _options.Dimensions; i++) { mean[(position * _options.Dimensions) + i] = side * directions[position][i]; }
        }
        return mean;
    }
}
