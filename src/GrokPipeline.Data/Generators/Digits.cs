using System.Collections.Immutable;
using GrokPipeline.Data.Clusters;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.Generators;

/// <summary>
/// Images of the digits 0 to 9: MNIST from the user's files, or drawn by our own generator where there are none. Columns <c>row</c>,
/// <c>x</c> (pixels row by row, 0 paper to 1 ink), <c>label</c> and, with clusters, <c>subclass</c>. Train and validation are taken from
/// the images for training, test from those for testing.
/// </summary>
public sealed class Digits : ListedDataset
{
    private readonly DigitsOptions _options;
    private readonly MnistFiles? _files;
    private readonly Lazy<Table> _all;

    /// <summary>Finds the files, or prepares to draw.</summary>
    /// <param name="options">Without problems.</param>
    /// <exception cref="GrokException">A file of MNIST is missing or is not of its form.</exception>
    public Digits(DigitsOptions options)
    {
        _options = options;
        var (trainRows, testRows, width) = (options.TrainRows, options.TestRows, options.Size * options.Size);
        if (options.Source == DigitSource.Mnist)
        {
            var files = _files = MnistFiles.Find(options);
            var (train, test) = (files.Labels(test: false), files.Labels(test: true));
            (trainRows, testRows, width) = (train.Length, test.Length, files.Width);
            _all = new(() => TableOf(files.Pixels(train.Length, test.Length), [.. train, .. test], width));
        }
        else { _all = new(() => TableOf(DrawnDigits.Images(options), DrawnDigits.Labels(options), width)); }
        Parts = new RowParts([.. Enumerable.Repeat("train", trainRows), .. Enumerable.Repeat("test", testRows)]);
        SubclassesPerClass = options.Clusters?.PerClass ?? 0;
        Facts = new DatasetFacts
        {
            Kind = InputKind.Features,
            Classes = 10,
            Target = "label",
            Group = options.Clusters is null ? null : ClusterColumn.Name,
            Groups = 10 * SubclassesPerClass,
            Operation = options.Source == DigitSource.Mnist ? "images of digits (MNIST files)" : "images of digits (drawn, not MNIST)",
            Features = "x",
            FeatureCount = width,
        };
    }

    /// <inheritdoc/>
    public override Table All => _all.Value;

    /// <inheritdoc/>
    public override DatasetFacts Facts { get; }

    /// <inheritdoc/>
    public override ImmutableArray<string> Notes =>
    [
        _files?.Note ?? "OUR CHOICE: these digits are drawn by our own generator (strokes with random distortion, thickness and noise). They "
            + "are not MNIST and easier than it; numbers of papers on MNIST are not to be expected.",
        "OUR CHOICE: rows asked for by number are drawn from the images by the seed, where Omnigrok takes the first ones.",
        .. _options.Clusters is { } clusters
            ? (IEnumerable<string>)[ClusterColumn.Note(clusters), "OUR CHOICE: the clusters are those of the pixels; Carvalho et al. 2025 "
                + "cluster the latent space of a network, without saying which. Cluster features of your own with dataset parquet."]
            : [],
        SharesAreRounded,
    ];

    private Table TableOf(float[] pixels, long[] labels, int width) => FeatureList.Of(
        pixels, width, ColumnValues.Of("label", labels, "Digit, 0 to 9"), labels, 10, _options.Clusters, []);
}
