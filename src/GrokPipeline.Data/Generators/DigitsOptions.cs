using GrokPipeline.Data.Clusters;
using GrokPipeline.Data.Files;

namespace GrokPipeline.Data.Generators;

/// <summary>Where images of digits come from.</summary>
public enum DigitSource
{
    /// <summary>Drawn by our own generator: strokes with random distortion. Not handwriting.</summary>
    Drawn,

    /// <summary>MNIST, from the four files that the user puts below the pipeline file's folder.</summary>
    Mnist,
}

/// <summary>Options of <see cref="Digits"/>.</summary>
public sealed record DigitsOptions : IFileOptions
{
    /// <summary><c>drawn</c> (strokes with random distortion, by our own generator) or <c>mnist</c> (the user's files). Default drawn.</summary>
    public DigitSource Source { get; init; } = DigitSource.Drawn;

    /// <summary>
    /// For mnist: the folder of train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each
    /// as it is or with .gz; below the pipeline file's folder. Default <c>mnist</c>.
    /// </summary>
    public string Path { get; init; } = "mnist";

    /// <summary>For drawn: height and width of an image in pixels, 8 to 64. Default 28, as MNIST.</summary>
    public int Size { get; init; } = 28;

    /// <summary>For drawn: images that train and validation are taken from, 10 to 60000. Default 6000.</summary>
    public int TrainRows { get; init; } = 6000;

    /// <summary>For drawn: images that test is taken from, 10 to 60000. Default 2000.</summary>
    public int TestRows { get; init; } = 2000;

    /// <summary>For drawn: how far strokes are distorted, 0 (print) to 2. Default 1.</summary>
    public double Distortion { get; init; } = 1.0;

    /// <summary>For drawn: standard deviation of the noise of each pixel, which is then kept in [0, 1]; 0 to 1. Default 0.1.</summary>
    public double Noise { get; init; } = 0.1;

    /// <summary>For drawn: root of the drawings; the dataset's own seed only splits them. Default 0.</summary>
    public ulong DrawSeed { get; init; }

    /// <summary>Subclasses by k-means in each class, as <c>{ per_class: 5 }</c>. Default none.</summary>
    public ClusterOptions? Clusters { get; init; }

    /// <summary>Where relative paths start.</summary>
    internal string Folder { get; private init; } = ".";

    /// <inheritdoc/>
    public string? ContentHash
    {
        get
        {
            if (Source == DigitSource.Drawn) { return null; }
            try { return MnistFiles.Find(this).Hash; }
            catch (GrokException)
            {
                return null;                                                     // told when the dataset is made
            }
        }
    }

    /// <inheritdoc/>
    public IFileOptions In(string folder) => this with { Folder = folder };

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!Enum.IsDefined(Source)) { yield return new("source", "give drawn or mnist."); }
        if (Size is < 8 or > 64) { yield return new("size", $"size is {Size}; give 8 to 64, usually 28."); }
        if (Source == DigitSource.Mnist && Size != 28)
        {
            yield return new("size", "MNIST's images have 28 × 28 pixels; leave size out, or use source: drawn.");
        }
        if (TrainRows is < 10 or > 60_000) { yield return new("train_rows", $"train_rows is {TrainRows}; give 10 to 60000."); }
        if (TestRows is < 10 or > 60_000) { yield return new("test_rows", $"test_rows is {TestRows}; give 10 to 60000."); }
        if (!(Distortion is >= 0 and <= 2)) { yield return new("distortion", $"distortion is {Distortion}; give 0 to 2, usually 1."); }
        if (!(Noise is >= 0 and <= 1)) { yield return new("noise", $"noise is {Noise}; give 0 to 1, usually 0.1."); }
        foreach (var problem in ClusterOptions.ProblemsOf(Clusters)) { yield return problem; }
    }
}
