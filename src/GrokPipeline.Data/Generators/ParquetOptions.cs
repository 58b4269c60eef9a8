using System.Collections.Immutable;
using GrokPipeline.Data.Clusters;
using GrokPipeline.Data.Files;

namespace GrokPipeline.Data.Generators;

/// <summary>Options of <see cref="ParquetRows"/>.</summary>
public sealed record ParquetOptions : IFileOptions
{
    // So that a plan of many members reads the file once.
    private (string Path, string Hash)? _known;

    /// <summary>The file, below the pipeline file's folder.</summary>
    public string Path { get; init; } = "";

    /// <summary>SHA-256 that the file must have, 64 hexadecimal digits; empty, the default: any.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>
    /// Columns of features in order: numbers, or lists of numbers of one length. <c>pixel_*</c> stands for all columns that begin so, in
    /// the file's order. Features are given, or operands.
    /// </summary>
    public ImmutableArray<string> Features { get; init; } = [];

    /// <summary>Columns of operands in the order of the equation: whole numbers from 0. Operands are given, or features.</summary>
    public ImmutableArray<string> Operands { get; init; } = [];

    /// <summary>How many values an operand takes; 0, the default: the largest in the file and one more.</summary>
    public int OperandValues { get; init; }

    /// <summary>The column of the class: whole numbers from 0, truth values, or text (numbered in ordinal order). Default label.</summary>
    public string Target { get; init; } = "label";

    /// <summary>The column of the subclass, of the same kinds; empty, the default, for none.</summary>
    public string Group { get; init; } = "";

    /// <summary>
    /// A text column that says <c>train</c>, <c>validation</c> or <c>test</c> for each row; parts of the split may then be <c>given</c>.
    /// Empty, the default: rows are split by shares or numbers.
    /// </summary>
    public string SplitColumn { get; init; } = "";

    /// <summary>Subclasses by k-means in each class, as <c>{ per_class: 5 }</c>, instead of group. For features. Default none.</summary>
    public ClusterOptions? Clusters { get; init; }

    /// <summary>Where relative paths start.</summary>
    internal string Folder { get; private init; } = ".";

    /// <inheritdoc/>
    public string? ContentHash
    {
        get
        {
            try
            {
                var file = SourceFile.Find(Folder, Path);
                if (_known?.Path != file.Path) { _known = (file.Path, file.Hash); }
                return _known?.Hash;
            }
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
        if (Path.Length == 0) { yield return new("path", "no file is given; give for instance path: rows.parquet."); }
        if (Sha256.Length > 0 && (Sha256.Length != 64 || !Sha256.All(char.IsAsciiHexDigit)))
        {
            yield return new("sha256", $"'{Sha256}' is no SHA-256; give 64 hexadecimal digits, or leave it out.");
        }
        if (Count(Features) > 0 == Count(Operands) > 0)
        {
            yield return new("features", Count(Features) > 0
                ? "features and operands are both given; a row is one of them."
                : "neither features nor operands are given; give for instance features: [x], or operands: [a, b].");
        }
        if (OperandValues < 0) { yield return new("operand_values", $"operand_values is {OperandValues}; give at least 1, or leave it out."); }
        if (Target.Length == 0) { yield return new("target", "no column is given; give for instance target: label."); }
        if (Clusters is not null && Group.Length > 0)
        {
            yield return new("clusters", $"subclasses are given twice, by group: {Group} and by clusters; leave one out.");
        }
        if (Clusters is not null && Count(Operands) > 0) { yield return new("clusters", "clusters need features; operands have none."); }
        foreach (var problem in ClusterOptions.ProblemsOf(Clusters)) { yield return problem; }
    }

    private static int Count(ImmutableArray<string> names) => names.IsDefault ? 0 : names.Length;
}
