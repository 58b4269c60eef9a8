using System.Collections.Immutable;
using GrokPipeline.Data.Expressions;
using GrokPipeline.Data.ShiftKinds;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.Generators;

/// <summary>Options of <see cref="ModularArithmetic"/>.</summary>
public sealed record ModularArithmeticOptions : IOptions
{
    /// <summary>
    /// The operation: <c>add</c>, <c>sub</c>, <c>mul</c>, <c>div</c>, <c>div_or_sub</c>, <c>squares</c>, <c>squares_xy</c>,
    /// <c>squares_xy_x</c>, <c>cube_xy</c>, <c>cube_xyy_y</c>, <c>square_add</c>, <c>cube_add</c>, <c>add_or_mul</c>, <c>add_or_sub</c>
    /// (Power et al. 2022 and openai/grok), or an expression over a and b (also x and y), such as <c>poly:x^2 + xy + y^2</c> or
    /// <c>x/y if y odd else x-y</c>. Default <c>add</c>.
    /// </summary>
    public string Op { get; init; } = "add";

    /// <summary>The modulus p, a prime from 2 to 1021. Default 97, as in Power et al. 2022.</summary>
    public int Modulus { get; init; } = 97;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        var primes = Enumerable.Range(2, 1020).Where(PrimeField.IsPrime).ToArray();
        if (Array.BinarySearch(primes, Modulus) < 0)
        {
            var (below, above) = (primes.Where(prime => prime < Modulus).TakeLast(1), primes.Where(prime => prime > Modulus).Take(1));
            var nearest = string.Join(" and ", below.Concat(above));
            yield return new("modulus", $"modulus is {Modulus}; give a prime from 2 to 1021, for instance {nearest}.");
        }
        if (Problem.Of(() => BinaryOperation.Parse(Op), out _) is { } problem) { yield return new("op", problem); }
    }
}

/// <summary>
/// The whole table of a binary operation modulo a prime p: columns <c>a</c>, <c>b</c>, <c>c</c>, one row per pair (a, b) that has a
/// result, a outer (Power et al. 2022). Division by b means multiplication by its inverse, so that rows with b = 0 are left out; these
/// are the rows that openai/grok lists as (b·c, b, c).
/// </summary>
public sealed class ModularArithmetic : ListedDataset
{
    private readonly int _leftOut;

    /// <summary>Makes the table.</summary>
    /// <param name="options">Without problems.</param>
    /// <exception cref="GrokException">No pair has a result.</exception>
    public ModularArithmetic(ModularArithmeticOptions options)
    {
        var (operation, prime) = (BinaryOperation.Parse(options.Op), options.Modulus);
        var results = operation.Results(prime);
        var pairs = Enumerable.Range(0, results.Length).Where(pair => results[pair] >= 0).ToArray();
        if (pairs.Length == 0)
        {
            throw new GrokException($"'{operation.Text}' divides by zero for every a and b.", "Give an operation with results.", "with.op");
        }
        _leftOut = results.Length - pairs.Length;
        All = Table.Of(
            ColumnValues.Of("row", [.. Enumerable.Range(0, pairs.Length).Select(row => (long)row)], "Index in the whole table"),
            ColumnValues.Of("a", Array.ConvertAll(pairs, pair => (long)(pair / prime)), "First operand, 0 to p - 1"),
            ColumnValues.Of("b", Array.ConvertAll(pairs, pair => (long)(pair % prime)), "Second operand, 0 to p - 1"),
            ColumnValues.Of("c", Array.ConvertAll(pairs, pair => results[pair]), "Result, 0 to p - 1"));
        Facts = new DatasetFacts
        {
            Kind = InputKind.Operands,
            Classes = prime,
            Target = "c",
            Operands = ["a", "b"],
            OperandValues = prime,
            Operation = $"{operation.Text} (mod {prime})",
        };
    }

    /// <inheritdoc/>
    public override Table All { get; }

    /// <inheritdoc/>
    public override DatasetFacts Facts { get; }

    /// <inheritdoc/>
    public override ImmutableArray<string> Notes => _leftOut == 0
        ? [SharesAreRounded]
        : [SharesAreRounded, $"{_leftOut} pairs of operands have no result (division by zero) and are left out."];
}
