using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.Generators;

/// <summary>Options of <see cref="HiddenBits"/>.</summary>
public sealed record HiddenBitsOptions : IOptions
{
    // 400 MB of features.
    private const long MostFeatures = 100_000_000;

    /// <summary>The operation, as for <c>modular_arithmetic</c>. Default <c>add</c>.</summary>
    public string Op { get; init; } = "add";

    /// <summary>The modulus p, a prime from 2 to 1021. Default 7, as in Miller et al. 2023.</summary>
    public int Modulus { get; init; } = 7;

    /// <summary>How many random bits stand beside the operands and hide them, 0 (none) to 10000. Default 10, as in Miller et al. 2023.</summary>
    public int Bits { get; init; } = 10;

    /// <summary>The seed of the bits; the dataset's own seed decides on the split. Default 0.</summary>
    public ulong BitsSeed { get; init; }

    /// <summary>The operation's own options.</summary>
    internal ModularArithmeticOptions Operation => new() { Op = Op, Modulus = Modulus };

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in Operation.Problems()) { yield return problem; }
        if (Bits is < 0 or > 10_000) { yield return new("bits", $"bits is {Bits}; give 0 to 10000, for instance 10."); }
        else if (Modulus is > 1 and <= 1021 && Features > MostFeatures)
        {
            yield return new("modulus", string.Create(CultureInfo.InvariantCulture,
                $"{Modulus} squared rows of {(2 * Modulus) + Bits} features are {Features:N0} numbers; at most {MostFeatures:N0} are held. "
                + $"Give a smaller modulus or fewer bits."));
        }
    }

    private long Features => (long)Modulus * Modulus * ((2 * Modulus) + Bits);
}

/// <summary>
/// Modular arithmetic behind random bits, the concealment of Miller et al. 2023 (arXiv 2310.17247): the rows of
/// <see cref="ModularArithmetic"/>, and column <c>x</c>: a one-hot, b one-hot, then bits 0 or 1 that say nothing of the result. A row
/// keeps its bits, and more bits keep those that were there.
/// </summary>
public sealed class HiddenBits : ListedDataset
{
    private readonly ImmutableArray<string> _notes;

    /// <summary>Makes the table.</summary>
    /// <param name="options">Without problems.</param>
    /// <exception cref="GrokException">No pair has a result.</exception>
    public HiddenBits(HiddenBitsOptions options)
    {
        var table = new ModularArithmetic(options.Operation);
        var (rows, prime, width) = (table.All.Rows, options.Modulus, (2 * options.Modulus) + options.Bits);
        var (x, seed) = (new float[rows * width], new Seed(options.BitsSeed));
        for (var row = 0; row < rows; row++)
        {
            var features = x.AsSpan(row * width, width);
            features[(int)table.All.Int64("a")[row]] = 1;
            features[prime + (int)table.All.Int64("b")[row]] = 1;
            var stream = seed.Derive($"bits/{row}").Stream();
            for (var (i, word) = (0, 0UL); i < options.Bits; i++, word >>= 1)
            {
                if (i % 64 == 0) { word = stream.NextBits(); }
                features[(2 * prime) + i] = word & 1;
            }
        }
        All = table.All.With(ColumnValues.Vector("x", width, x, "a one-hot, b one-hot, random bits"));
        Facts = new DatasetFacts
        {
            Kind = InputKind.Features,
            Classes = prime,
            Target = "c",
            Operation = string.Create(CultureInfo.InvariantCulture, $"{table.Facts.Operation}, {options.Bits} random bits beside"),
            Features = "x",
            FeatureCount = width,
        };
        _notes =
        [
            .. table.Notes,
            "OUR CHOICE: bits are 0 or 1, drawn once per row by bits_seed, so that a row has the same bits whenever it is seen.",
        ];
    }

    /// <inheritdoc/>
    public override Table All { get; }

    /// <inheritdoc/>
    public override DatasetFacts Facts { get; }

    /// <inheritdoc/>
    public override ImmutableArray<string> Notes => _notes;
}
