using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using GrokPipeline.Data.Files;

namespace GrokPipeline.Data.Generators;

/// <summary>MNIST's four files as a user has them.</summary>
internal sealed class MnistFiles
{
    private static readonly ImmutableArray<string> s_names =
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    // SHA-256 of the compressed files as they were published.
    private static readonly ImmutableArray<string> s_published =
    [
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ];

    private readonly ImmutableArray<SourceFile> _files;

    private MnistFiles(ImmutableArray<SourceFile> files) => _files = files;

    /// <summary>One hash of all four files.</summary>
    internal string Hash =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', _files.Select(file => file.Hash)))));

    /// <summary>What a reader should know of the files.</summary>
    internal string Note => _files.Select(file => file.Hash).SequenceEqual(s_published)
        ? "MNIST, from the four compressed files as they were published (SHA-256 compared); pixels are divided by 255."
        : "Digits from four IDX files of the user's; they are not byte for byte the compressed files of MNIST as published, SHA-256 "
            + $"{string.Join(", ", _files.Select(file => $"{file.Name}: {file.Hash}"))}; pixels are divided by 255.";

    /// <summary>Finds the files.</summary>
    /// <exception cref="GrokException">One is missing.</exception>
    internal static MnistFiles Find(DigitsOptions options) => new([.. s_names.Select(name => Find(options, name))]);

    /// <summary>Pixels of one image.</summary>
    /// <exception cref="GrokException">The file of images for training is not of MNIST's form.</exception>
    internal int Width => IdxFile.PixelsOf(_files[0]);

    /// <summary>Reads the labels of the images for training, or of those for testing.</summary>
    /// <exception cref="GrokException">The file is not of MNIST's form.</exception>
    internal long[] Labels(bool test)
    {
        var file = _files[test ? 3 : 1];
        var labels = IdxFile.Labels(file);
        return Array.FindIndex(labels, label => label > 9) is var row and >= 0
            ? throw Misfit(file, $"has the label {labels[row]} for image {row}; labels are 0 to 9")
            : Array.ConvertAll(labels, label => (long)label);
    }

    /// <summary>Reads all pixels, those for training first, in [0, 1].</summary>
    /// <param name="trainRows">How many labels there are for training.</param>
    /// <param name="testRows">How many for testing.</param>
    /// <exception cref="GrokException">A file is not of MNIST's form, or does not fit to the others.</exception>
    internal float[] Pixels(int trainRows, int testRows)
    {
        var (train, test) = (IdxFile.Images(_files[0]), IdxFile.Images(_files[2]));
        if ((train.Height, train.Width) != (test.Height, test.Width))
        {
            throw Misfit(
                _files[2], $"has images of {test.Height} × {test.Width} pixels, {_files[0].Name} of {train.Height} × {train.Width}");
        }
        if (trainRows != train.Rows) { throw Misfit(_files[1], $"has {trainRows} labels for {train.Rows} images"); }
        if (testRows != test.Rows) { throw Misfit(_files[3], $"has {testRows} labels for {test.Rows} images"); }
        var pixels = new float[train.Pixels.Length + test.Pixels.Length];
        for (var i = 0; i < train.Pixels.Length; i++) { pixels[i] = train.Pixels[i] / 255f; }
        for (var i = 0; i < test.Pixels.Length; i++) { pixels[train.Pixels.Length + i] = test.Pixels[i] / 255f; }
        return pixels;
    }

    private static SourceFile Find(DigitsOptions options, string name)
    {
        foreach (var candidate in new[] { $"{options.Path}/{name}.gz", $"{options.Path}/{name}" })
        {
            if (File.Exists(Path.Combine(options.Folder, candidate))) { return SourceFile.Find(options.Folder, candidate); }
        }
        try { return SourceFile.Find(options.Folder, $"{options.Path}/{name}"); }
        catch (GrokException missing)
        {
            throw new GrokException(
                missing.Problem,
                $"{missing.Remedy} MNIST is not part of this program: put its four files (as published, with or without .gz) into "
                + $"'{options.Path}', or use source: drawn.");
        }
    }

    private static GrokException Misfit(SourceFile file, string problem) =>
        new($"'{file.Name}' {problem}.", "Give four files that belong together.", kind: ProblemKind.Integrity);
}
