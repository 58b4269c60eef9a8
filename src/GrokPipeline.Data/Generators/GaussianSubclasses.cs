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
public sealed class GaussianSubclasses : Dataset
{
    private readonly GaussianSubclassesOptions _options;
    private readonly SubclassGeometry _geometry;

    /// <summary>Lays out the subclasses.</summary>
    /// <param name="options">Without problems.</param>
    public GaussianSubclasses(GaussianSubclassesOptions options)
    {
        (_options, _geometry) = (options, new SubclassGeometry(options.Geometry, options.Positions));
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

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> Problems(SplitSpec split)
    {
        if (split.Train is null) { yield return new("train", "no train is asked for; give one, for instance train: { rows: 400 }."); }
        foreach (var (name, part) in split.Parts())
        {
            if (part.Fraction is not null || part.Rest)
            {
                yield return new(name, $"these rows are drawn, not listed, so that {part} says nothing; give {{ rows: 400 }}.");
            }
            else if (RowsProblem(part.Rows) is { } problem) { yield return new($"{name}.rows", problem); }
            if (name != "train" && (part.ShiftedPerClass is not null || part.SubclassRate is not null))
            {
                yield return new(name, $"{name} is uniform over the subclasses; only train may have rare ones.");
            }
        }
        foreach (var problem in ShiftProblems(split.Train)) { yield return problem; }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, Table Rows)> Split(SplitSpec split, ReadOnlySpan<bool> heldOut, Seed seed)
    {
        var parts = new List<(string, Table)>();
        foreach (var (name, part) in split.Parts())
        {
            var counts = name == "train" ? TrainCounts(part) : Uniform(part.Rows ?? 0, Enumerable.Range(0, Facts.Groups));
            parts.Add((name, Draw(counts, Sigma, seed, seed.Derive($"rows/{name}"))));
        }
        return parts;
    }

    /// <summary>For each subclass whether a split makes it rare in train.</summary>
    public bool[] Shifted(SplitSpec split)
    {
        var perClass = split.Train?.ShiftedPerClass ?? 0;
        return [.. Enumerable.Range(0, Facts.Groups).Select(subclass => subclass % _geometry.PerClass >= _geometry.PerClass - perClass)];
    }

    /// <summary>What is wrong with a number of rows to draw; null when nothing is.</summary>
    internal string? RowsProblem(int? rows)
    {
        var most = Math.Min(10_000_000, Array.MaxLength / Facts.FeatureCount);
        return rows is null ? "give a number of rows, for instance rows: 400."
            : rows < 1 || rows > most ? $"rows is {rows}; give 1 to {most}." : null;
    }

    /// <summary>Spreads rows evenly over some subclasses; the first ones get one more when it does not divide.</summary>
    internal int[] Uniform(int rows, IEnumerable<int> subclasses)
    {
        var (counts, chosen) = (new int[Facts.Groups], subclasses.ToArray());
        for (var i = 0; i < chosen.Length; i++) { counts[chosen[i]] = (rows / chosen.Length) + (i < rows % chosen.Length ? 1 : 0); }
        return counts;
    }

    /// <summary>
    /// Draws rows of each subclass, ordered by subclass. The rows of a subclass come from a stream of its own: asking for more of them,
    /// or for more of others, changes none.
    /// </summary>
    internal Table Draw(int[] counts, double sigma, Seed datasetSeed, Seed rowsSeed)
    {
        var (width, starts) = (Facts.FeatureCount, new int[counts.Length]);
        for (var i = 1; i < counts.Length; i++) { starts[i] = starts[i - 1] + counts[i - 1]; }
        var total = starts[^1] + counts[^1];
        var (x, label, subclass) = (new float[total * width], new long[total], new long[total]);
        var directions = Directions(datasetSeed);
        Parallel.For(0, counts.Length, group =>
        {
            var mean = Mean(_geometry.Words[group], directions);
            var stream = rowsSeed.Derive($"subclass-{group}").Stream();
            for (var row = starts[group]; row < starts[group] + counts[group]; row++)
            {
                (label[row], subclass[row]) = (group / _geometry.PerClass, group);
                for (var i = 0; i < width; i++) { x[(row * width) + i] = (float)(mean[i] + (sigma * stream.NextNormal())); }
            }
        });
        return Table.Of(
            ColumnValues.Of("row", Array.ConvertAll(Enumerable.Range(0, total).ToArray(), row => (long)row), "Index in this table"),
            ColumnValues.Vector("x", width, x, "Features, position by position"),
            ColumnValues.Of("label", label, "Class, 0 to 3"),
            ColumnValues.Of("subclass", subclass, "Subclass over all classes; class = subclass / subclasses per class"));
    }

    private int[] TrainCounts(SplitPart part)
    {
        var shifted = Shifted(new SplitSpec { Train = part });
        var rare = shifted.Count(isShifted => isShifted);
        var (rows, others) = ImbalancedCounts.Of(part.Rows ?? 0, rare, shifted.Length - rare, part.SubclassRate ?? 1);
        return Array.ConvertAll(shifted, isShifted => isShifted ? rows : others);
    }

    private IEnumerable<OptionProblem> ShiftProblems(SplitPart? train)
    {
        if (train is null) { yield break; }
        if (train.ShiftedPerClass is { } shifted && (shifted < 0 || shifted >= _geometry.PerClass))
        {
            yield return new("train.shifted_per_class",
                $"shifted_per_class is {shifted}; a class has {_geometry.PerClass} subclasses and keeps at least one: "
                + $"give 0 to {_geometry.PerClass - 1}.");
        }
        else if (train.SubclassRate is { } rate && !(rate is >= 0 and <= 1))
        {
            yield return new("train.subclass_rate", $"subclass_rate is {rate}; give a number from 0 (none) to 1 (no shift).");
        }
        else if (train.SubclassRate is not (null or 1) && train.ShiftedPerClass is null or 0)
        {
            yield return new("train.subclass_rate",
                "subclass_rate has no effect without shifted_per_class; give for instance shifted_per_class: 1.");
        }
        else if (train.Rows is > 0 && RowsProblem(train.Rows) is null && TrainCounts(train).Max() == 0)
        {
            yield return new("train.rows",
                $"{train.Rows} rows leave none for each of {Facts.Groups} subclasses; give at least {Facts.Groups}.");
        }
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
