using System.Collections.Immutable;
using GrokPipeline.Data.ShiftKinds;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.Generators;

/// <summary>Options of <see cref="XorClusters"/>.</summary>
public sealed record XorClustersOptions : IOptions
{
    /// <summary>Features of a row, 2 to 1048576. Default 80000, as in Xu et al. 2023; grokking needs many more of them than rows.</summary>
    public int Dimensions { get; init; } = 80_000;

    /// <summary>
    /// Length of each cluster's mean, above 0. Default 40 (OUR CHOICE: the paper bounds it from below by a constant times
    /// (rows^0.51 · √dimensions)^0.5, which is 77 for 400 rows of 80000 features, without saying the constant).
    /// </summary>
    public double MeanNorm { get; init; } = 40.0;

    /// <summary>Standard deviation of every feature, at least 0. Default 1, as in Xu et al. 2023.</summary>
    public double Sigma { get; init; } = 1.0;

    /// <summary>Share of the rows of train whose label is flipped, in [0, 0.5). Default 0.05, as in Xu et al. 2023.</summary>
    public double LabelNoise { get; init; } = 0.05;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Dimensions is < 2 or > TableSchema.MaximumWidth)
        {
            yield return new("dimensions", $"dimensions is {Dimensions}; give 2 to {TableSchema.MaximumWidth}, for instance 80000.");
        }
        if (!(MeanNorm > 0 && MeanNorm <= 1e6))
        {
            yield return new("mean_norm", $"mean_norm is {MeanNorm}; give a number above 0 and up to 1e6, for instance 40.");
        }
        if (!(Sigma >= 0 && Sigma <= 1e6)) { yield return new("sigma", $"sigma is {Sigma}; give a number from 0 to 1e6, usually 1."); }
        if (!(LabelNoise is >= 0 and < 0.5))
        {
            yield return new("label_noise", $"label_noise is {LabelNoise}; give a share from 0 up to, not with, 0.5, usually 0.05.");
        }
    }
}

/// <summary>
/// Four Gaussian clusters with the labels of an exclusive or (Xu, Wang, Frei, Vardi, Hu 2023, arXiv 2310.02541): around +μ₁ and −μ₁ the
/// label is 0, around +μ₂ and −μ₂ it is 1; μ₁ and μ₂ are orthogonal and of the same length. Columns <c>row</c>, <c>x</c>, <c>label</c>,
/// <c>clean</c> (before the noise), <c>noisy</c> (flipped), <c>subclass</c> (+μ₁, −μ₁, +μ₂, −μ₂).
/// </summary>
public sealed class XorClusters : DrawnDataset
{
    private readonly XorClustersOptions _options;

    /// <summary>Takes the options.</summary>
    /// <param name="options">Without problems.</param>
    public XorClusters(XorClustersOptions options)
    {
        _options = options;
        SubclassesPerClass = 2;
        Facts = new DatasetFacts
        {
            Kind = InputKind.Features,
            Classes = 2,
            Target = "label",
            Group = "subclass",
            Groups = 4,
            Operation = "exclusive or of four Gaussian clusters",
            Features = "x",
            FeatureCount = options.Dimensions,
        };
    }

    /// <inheritdoc/>
    public override DatasetFacts Facts { get; }

    /// <inheritdoc/>
    public override ImmutableArray<string> Notes =>
    [
        "[S] Four clusters ±μ₁, ±μ₂ with unit covariance, two orthogonal means of one length; 400 rows of 80000 features, a share of 0.05 "
            + "of the labels flipped (Xu et al. 2023).",
        "OUR CHOICE: the means lie in two random orthogonal directions, drawn once per seed; mean_norm is ours, the paper only bounds it.",
        "OUR CHOICE: every cluster has the same number of rows, where the paper draws the cluster of each row.",
        "OUR CHOICE: a row of train is flipped by a draw of its own, so that the share is met on average; validation, test and shifts keep "
            + "their clean labels, so that an accuracy of 1 can be reached.",
    ];

    /// <inheritdoc/>
    protected override RowSource Part(string part, int[] counts, Seed datasetSeed, Seed rowsSeed)
    {
        var clouds = new GaussianClouds(Means(datasetSeed), _options.Sigma, counts, rowsSeed);
        var (noise, flips) = (part == "train" ? _options.LabelNoise : 0, rowsSeed.Derive("flips"));
        return new RowSource(clouds.Rows, (first, count) =>
        {
            var (row, x, subclass) = clouds.Read(first, count);
            var (clean, draws) = (Array.ConvertAll(subclass, cluster => cluster / 2), flips.StreamFrom((ulong)first));
            var label = Array.ConvertAll(clean, own => draws.NextUniform() < noise ? 1 - own : own);
            return Table.Of(
                row, x,
                ColumnValues.Of("label", label, "Class, 0 or 1"),
                ColumnValues.Of(Relabelled.Clean, clean, "Label before the noise"),
                ColumnValues.Of(Relabelled.Noisy, [.. label.Zip(clean, (noisy, own) => noisy != own)], "True where the label was flipped"),
                ColumnValues.Of("subclass", subclass, "Cluster: +μ₁, −μ₁, +μ₂, −μ₂"));
        });
    }

    // Gram and Schmidt's method on two normal vectors.
    private double[][] Means(Seed datasetSeed)
    {
        var (first, second) = (Direction(datasetSeed, 1), Direction(datasetSeed, 2));
        var along = 0.0;
        for (var i = 0; i < first.Length; i++) { along += first[i] * second[i]; }
        for (var i = 0; i < second.Length; i++) { second[i] -= along * first[i]; }
        Normalize(second);
        return [.. new[] { first, second }.SelectMany(direction => new[] { 1.0, -1.0 }.Select(
            side => Array.ConvertAll(direction, value => side * _options.MeanNorm * value)))];
    }

    private double[] Direction(Seed datasetSeed, int number)
    {
        var (stream, direction) = (datasetSeed.Derive($"geometry/mean-{number}").Stream(), new double[_options.Dimensions]);
        for (var i = 0; i < direction.Length; i++) { direction[i] = stream.NextNormal(); }
        Normalize(direction);
        return direction;
    }

    private static void Normalize(double[] values)
    {
        var squares = 0.0;
        foreach (var value in values) { squares += value * value; }
        var norm = Math.Sqrt(squares);
        for (var i = 0; i < values.Length; i++) { values[i] /= norm; }
    }
}
