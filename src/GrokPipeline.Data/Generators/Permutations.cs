using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.Generators;

/// <summary>Options of <see cref="Permutations"/>.</summary>
public sealed record PermutationsOptions : IOptions
{
    /// <summary>The n of S_n: how many things are permuted, 2 to 6. Default 5, as in Power et al. 2022.</summary>
    public int N { get; init; } = 5;

    /// <summary>The operation. Default product.</summary>
    public PermutationOperation Op { get; init; } = PermutationOperation.Product;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (N is < 2 or > 6)
        {
            var size = N is > 6 and < 11 ? Size(N) : N >= 11 ? "; their table is too large for any memory" : "";
            yield return new("n", $"n is {N}{size}; give 2 to 6, usually 5.");
        }
        if (!Enum.IsDefined(Op)) { yield return new("op", "give product, conjugation or xyx."); }
    }

    private static string Size(int n)
    {
        var permutations = Enumerable.Range(1, n).Aggregate(1L, (product, factor) => product * factor);
        return string.Create(CultureInfo.InvariantCulture,
            $"; S{n} has {permutations:N0} permutations, and its table {permutations * permutations:N0} rows, too many to hold in memory");
    }
}

/// <summary>What is done with two permutations; products are read from the left, first x, then y.</summary>
public enum PermutationOperation
{
    /// <summary><c>x·y</c>.</summary>
    Product,

    /// <summary><c>x·y·x⁻¹</c>.</summary>
    Conjugation,

    /// <summary><c>x·y·x</c>.</summary>
    Xyx,
}

/// <summary>
/// The whole table of an operation on the symmetric group S_n (Power et al. 2022): columns <c>a</c>, <c>b</c>, <c>c</c>, numbers of
/// permutations in lexicographic order, one row per pair, a outer, and <c>sign</c>, 0 where c is even and 1 where it is odd. A product
/// is c[i] = b[a[i]], as in openai/grok.
/// </summary>
public sealed class Permutations : ListedDataset
{
    private readonly int _fixing;

    /// <summary>Makes the table.</summary>
    /// <param name="options">Without problems.</param>
    public Permutations(PermutationsOptions options)
    {
        var (all, n) = (InOrder(options.N), options.N);
        var (count, rows) = (all.Length, all.Length * all.Length);
        var (a, b, c, sign) = (new long[rows], new long[rows], new long[rows], new long[rows]);
        var (result, inverse) = (new int[n], new int[n]);
        for (var row = 0; row < rows; row++)
        {
            var (x, y) = (all[row / count], all[row % count]);
            for (var i = 0; i < n; i++) { inverse[x[i]] = i; }
            for (var i = 0; i < n; i++)
            {
                var product = y[x[i]];
                result[i] = options.Op switch
                {
                    PermutationOperation.Product => product,
                    PermutationOperation.Conjugation => inverse[product],
                    _ => x[product],
                };
            }
            (a[row], b[row]) = (row / count, row % count);
            (c[row], sign[row]) = NumberOf(result);
        }
        _fixing = count / n;
        All = Table.Of(
            ColumnValues.Of("row", [.. Enumerable.Range(0, rows).Select(row => (long)row)], "Index in the whole table"),
            ColumnValues.Of("a", a, "First permutation, 0 to n! - 1 in lexicographic order"),
            ColumnValues.Of("b", b, "Second permutation, 0 to n! - 1 in lexicographic order"),
            ColumnValues.Of("c", c, "Result, 0 to n! - 1 in lexicographic order"),
            ColumnValues.Of("sign", sign, "0 where the result is an even permutation, 1 where it is odd"));
        Facts = new DatasetFacts
        {
            Kind = InputKind.Operands,
            Classes = count,
            Target = "c",
            Operands = ["a", "b"],
            OperandValues = count,
            Operation = string.Create(CultureInfo.InvariantCulture, $"{Words(options.Op)} in S{n}"),
        };
    }

    /// <inheritdoc/>
    public override Table All { get; }

    /// <inheritdoc/>
    public override DatasetFacts Facts { get; }

    /// <inheritdoc/>
    public override ImmutableArray<string> Notes =>
    [
        SharesAreRounded,
        "The product goes from the left, c[i] = b[a[i]], as in the released code; the paper does not say which comes first.",
        string.Create(CultureInfo.InvariantCulture,
            $"Permutations 0 to {_fixing - 1} are the subgroup H that leaves 0 in its place; those of one coset H·g have the same number ")
            + string.Create(CultureInfo.InvariantCulture,
            $"divided by {_fixing}, so that (c - c % {_fixing}) / {_fixing} tells the coset. Column sign tells the coset of the even ones."),
    ];

    // All permutations of 0 to n − 1, in lexicographic order.
    private static int[][] InOrder(int n)
    {
        var all = new List<int[]>();
        for (int[]? next = [.. Enumerable.Range(0, n)]; next is not null; next = Successor(next)) { all.Add(next); }
        return [.. all];
    }

    // The next one: the last rise is raised to the next larger of what follows it, and what follows becomes ascending.
    private static int[]? Successor(int[] permutation)
    {
        var (next, rise) = ((int[])permutation.Clone(), permutation.Length - 2);
        while (rise >= 0 && next[rise] > next[rise + 1]) { rise--; }
        if (rise < 0) { return null; }
        var larger = next.Length - 1;
        while (next[larger] < next[rise]) { larger--; }
        (next[rise], next[larger]) = (next[larger], next[rise]);
        Array.Reverse(next, rise + 1, next.Length - rise - 1);
        return next;
    }

    // Each place counts how many smaller ones come later: a digit of the number (Lehmer's code), and inversions for the sign.
    private static (long Number, long Sign) NumberOf(int[] permutation)
    {
        var (number, inversions) = (0L, 0L);
        for (var i = 0; i < permutation.Length; i++)
        {
            var smaller = 0;
            for (var j = i + 1; j < permutation.Length; j++) { smaller += permutation[j] < permutation[i] ? 1 : 0; }
            number = (number * (permutation.Length - i)) + smaller;
            inversions += smaller;
        }
        return (number, inversions % 2);
    }

    private static string Words(PermutationOperation operation) => operation switch
    {
        PermutationOperation.Product => "a·b",
        PermutationOperation.Conjugation => "a·b·a⁻¹",
        _ => "a·b·a",
    };
}
