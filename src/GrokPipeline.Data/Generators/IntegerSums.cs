using System.Collections.Immutable;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.Generators;

/// <summary>Options of <see cref="IntegerSums"/>.</summary>
public sealed record IntegerSumsOptions : IOptions
{
    /// <summary>How many values an operand takes, p: it is 0 to p − 1. From 2 to 1021; default 10, as in Liu et al. 2022.</summary>
    public int Values { get; init; } = 10;

    /// <summary>Which pairs are rows. Default unordered.</summary>
    public OperandPairs Pairs { get; init; } = OperandPairs.Unordered;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Values is < 2 or > 1021) { yield return new("values", $"values is {Values}; give a number from 2 to 1021, for instance 10."); }
    }
}

/// <summary>Which pairs of operands are rows.</summary>
public enum OperandPairs
{
    /// <summary>Those with a ≤ b, p·(p + 1)/2 of them.</summary>
    Unordered,

    /// <summary>All p² pairs.</summary>
    Ordered,
}

/// <summary>
/// Sums of integers without a modulus, the toy problem of Liu et al. 2022: columns <c>a</c>, <c>b</c>, <c>c</c> = a + b,
/// one row per pair of 0 to p − 1, a outer. There are 2p − 1 classes.
/// </summary>
public sealed class IntegerSums : ListedDataset
{
    /// <summary>Makes the table.</summary>
    /// <param name="options">Without problems.</param>
    public IntegerSums(IntegerSumsOptions options)
    {
        var (values, unordered) = (options.Values, options.Pairs == OperandPairs.Unordered);
        var pairs = (from a in Enumerable.Range(0, values)
                     from b in Enumerable.Range(unordered ? a : 0, unordered ? values - a : values)
                     select (A: (long)a, B: (long)b)).ToArray();
        All = Table.Of(
            ColumnValues.Of("row", [.. Enumerable.Range(0, pairs.Length).Select(row => (long)row)], "Index in the whole table"),
            ColumnValues.Of("a", Array.ConvertAll(pairs, pair => pair.A), "First operand, 0 to p - 1"),
            ColumnValues.Of("b", Array.ConvertAll(pairs, pair => pair.B), "Second operand, 0 to p - 1"),
            ColumnValues.Of("c", Array.ConvertAll(pairs, pair => pair.A + pair.B), "Sum, 0 to 2p - 2"));
        Facts = new DatasetFacts
        {
            Kind = InputKind.Operands,
            Classes = (2 * values) - 1,
            Target = "c",
            Operands = ["a", "b"],
            OperandValues = values,
            Operation = unordered ? "a + b, a ≤ b" : "a + b",
        };
    }

    /// <inheritdoc/>
    public override Table All { get; }

    /// <inheritdoc/>
    public override DatasetFacts Facts { get; }

    /// <inheritdoc/>
    public override ImmutableArray<string> Notes => [SharesAreRounded];
}
