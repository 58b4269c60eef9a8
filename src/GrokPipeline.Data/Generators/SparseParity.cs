using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.Generators;

/// <summary>Options of <see cref="SparseParity"/>.</summary>
public sealed record SparseParityOptions : IOptions
{
    /// <summary>How many features a row has, 1 to 10000. Default 40, as in Merrill et al. 2023.</summary>
    public int N { get; init; } = 40;

    /// <summary>How many of them, the first ones, make the label; 1 to n. Default 3, as in Merrill et al. 2023.</summary>
    public int K { get; init; } = 3;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (N is < 1 or > 10_000) { yield return new("n", $"n is {N}; give 1 to 10000, usually 40."); }
        else if (K < 1 || K > N) { yield return new("k", $"k is {K}, a row has {N} features; give 1 to {N}, usually 3."); }
    }
}

/// <summary>
/// Sparse parity (Barak et al. 2022, Merrill et al. 2023): n features ±1, each sign equally likely, and a label that the product of
/// the first k decides. Columns <c>row</c>, <c>x</c>, <c>label</c>.
/// </summary>
public sealed class SparseParity : Dataset, IPiecewise
{
    private readonly SparseParityOptions _options;

    /// <summary>Makes the generator.</summary>
    /// <param name="options">Without problems.</param>
    public SparseParity(SparseParityOptions options)
    {
        _options = options;
        Facts = new DatasetFacts
        {
            Kind = InputKind.Features,
            Classes = 2,
            Target = "label",
            Operation = string.Create(CultureInfo.InvariantCulture, $"sign of the product of the first {options.K} of {options.N} signs"),
            Features = "x",
            FeatureCount = options.N,
        };
    }

    /// <inheritdoc/>
    public override DatasetFacts Facts { get; }

    /// <inheritdoc/>
    public override ImmutableArray<string> Notes =>
    [
        "OUR CHOICE: class 1 is the product +1, class 0 the product -1.",
        "Rows are drawn one by one, so that one may come twice; the card counts rows that are in train too.",
    ];

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> Problems(SplitSpec split)
    {
        if (split.Train is null) { yield return new("train", "no train is asked for; give one, for instance train: { rows: 1000 }."); }
        var (total, most) = (0L, Math.Min(10_000_000, Array.MaxLength / _options.N));
        foreach (var (name, part) in split.Parts())
        {
            if (part.Fraction is not null || part.Rest || part.Given)
            {
                yield return new(name, $"these rows are drawn, not listed, so that {part} says nothing; give {{ rows: 1000 }}.");
            }
            else if (part.Rows is null) { yield return new($"{name}.rows", "give a number of rows, for instance rows: 1000."); }
            else if (part.Rows < 1 || part.Rows > most) { yield return new($"{name}.rows", $"rows is {part.Rows}; give 1 to {most}."); }
            if (part.IsShifted)
            {
                yield return new(name, "this dataset has no subclasses; give { rows: 1000 }.");
            }
            total += part.Rows ?? 0;
        }
        if (_options.N < 31 && total > 1L << _options.N)
        {
            yield return new("train", string.Create(CultureInfo.InvariantCulture,
                $"the parts ask for {total} rows; with n = {_options.N} there are only {1L << _options.N} different ones. ")
                + "Ask for fewer, or give a larger n.");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, Table Rows)> Split(SplitSpec split, ReadOnlySpan<bool> heldOut, Seed seed) =>
        [.. Sources(split, seed).Select(part => (part.Name, part.Rows.ToTable()))];

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, RowSource Rows)> Sources(SplitSpec split, Seed seed) => [.. split.Parts().Select(part =>
        (part.Name, new RowSource(part.Part.Rows ?? 0, (first, count) => Draw(first, count, seed.Derive($"rows/{part.Name}")))))];

    // More rows begin with the same rows.
    private Table Draw(int first, int rows, Seed seed)
    {
        var (x, label, width) = (new float[rows * _options.N], new long[rows], _options.N);
        var stream = seed.StreamFrom((ulong)first * (((ulong)width + 63) / 64));                // a word for each 64 signs
        for (var row = 0; row < rows; row++)
        {
            var minus = 0UL;
            for (var (i, word) = (0, 0UL); i < width; i++, word >>= 1)
            {
                if (i % 64 == 0) { word = stream.NextBits(); }
                x[(row * width) + i] = (word & 1) == 0 ? 1 : -1;
                if (i < _options.K) { minus ^= word & 1; }
            }
            label[row] = minus == 0 ? 1 : 0;
        }
        return Table.Of(
            ColumnValues.Of("row", Array.ConvertAll(Enumerable.Range(0, rows).ToArray(), row => (long)first + row), "Index in this table"),
            ColumnValues.Vector("x", width, x, "Signs, 1 or -1"),
            ColumnValues.Of("label", label, "1 where the product of the first k signs is 1, else 0"));
    }
}
