using GrokPipeline.Data;
using GrokPipeline.Data.Generators;

namespace GrokPipeline.Tests.Data;

public sealed class PermutationsTests
{
    // Permutations as texts: "120" sends 0 to 1, 1 to 2, 2 to 0. Applying one is reading a letter.
    public static TheoryData<PermutationOperation, Func<string, string, string>> Operations => new()
    {
        { PermutationOperation.Product, Then },
        { PermutationOperation.Conjugation, (x, y) => Then(Then(x, y), Inverse(x)) },
        { PermutationOperation.Xyx, (x, y) => Then(Then(x, y), x) },
    };

    [Theory, MemberData(nameof(Operations))]
    public void Each_operation_agrees_with_its_definition(PermutationOperation op, Func<string, string, string> definition)
    {
        foreach (var n in (int[])[2, 3, 4, 5])
        {
            var texts = All(string.Concat(Enumerable.Range(0, n))).Order(StringComparer.Ordinal).ToList();
            var expected = (from x in texts from y in texts select (long)texts.IndexOf(definition(x, y))).ToArray();
            var all = new Permutations(new PermutationsOptions { N = n, Op = op }).All;
            Assert.Equal(expected, all.Int64("c").ToArray());
            Assert.Equal(Enumerable.Range(0, texts.Count * texts.Count).Select(row => (long)row / texts.Count), all.Int64("a").ToArray());
            Assert.Equal(Enumerable.Range(0, texts.Count * texts.Count).Select(row => (long)row % texts.Count), all.Int64("b").ToArray());
        }
    }

    [Fact]
    public void S5_has_the_rows_of_the_paper_and_S6_is_the_largest()
    {
        Assert.Equal(14_400, new Permutations(new PermutationsOptions()).All.Rows);
        Assert.Equal(518_400, new Permutations(new PermutationsOptions { N = 6, Op = PermutationOperation.Xyx }).All.Rows);
        var facts = new Permutations(new PermutationsOptions { Op = PermutationOperation.Conjugation }).Facts;
        Assert.Equal((InputKind.Operands, 120, 120, "c", "a·b·a⁻¹ in S5"),
            (facts.Kind, facts.Classes, facts.OperandValues, facts.Target, facts.Operation));
    }

    [Fact]
    public void The_sign_of_a_product_is_that_of_its_factors_and_half_of_all_are_even()
    {
        var all = new Permutations(new PermutationsOptions { N = 4 }).All;
        // The neutral element, number 0, stands first: the row (0, b) has the sign of b.
        var sign = all.Int64("sign").ToArray();
        Assert.Equal(12, sign[..24].Count(value => value == 0));
        for (var row = 0; row < all.Rows; row++)
        {
            Assert.Equal((sign[all.Int64("a")[row]] + sign[all.Int64("b")[row]]) % 2, sign[row]);
        }
    }

    [Fact]
    public void What_the_card_calls_a_coset_is_one()
    {
        // Of S4: 24 / 4 = 6 permutations leave 0 in its place. H·g for each g has one number (c - c % 6) / 6, another for another coset.
        var all = new Permutations(new PermutationsOptions { N = 4 });
        var (a, b, c) = (all.All.Int64("a").ToArray(), all.All.Int64("b").ToArray(), all.All.Int64("c").ToArray());
        var cosets = Enumerable.Range(0, c.Length).Where(row => a[row] < 6).GroupBy(row => b[row])
            .Select(coset => Assert.Single(coset.Select(row => c[row] / 6).Distinct())).ToList();
        Assert.Equal([6, 6, 6, 6], cosets.CountBy(number => number).Select(pair => pair.Value));
        Assert.Contains(all.Notes, note => note.Contains("(c - c % 6) / 6 tells the coset", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(7, "n is 7; S7 has 5,040 permutations, and its table 25,401,600 rows, too many to hold in memory; give 2 to 6, usually 5.")]
    [InlineData(1, "n is 1; give 2 to 6, usually 5."), InlineData(int.MinValue, "n is -2147483648; give 2 to 6")]
    [InlineData(40, "n is 40; their table is too large for any memory; give 2 to 6, usually 5.")]
    public void A_group_out_of_range_is_refused_with_its_size(int n, string text)
    {
        var problem = Assert.Single(new PermutationsOptions { N = n }.Problems());
        Assert.Equal("n", problem.Option);
        Assert.StartsWith(text, problem.Problem, StringComparison.Ordinal);
    }

    private static string Then(string first, string second) => string.Concat(first.Select(letter => second[letter - '0']));

    private static string Inverse(string x) => string.Concat(Enumerable.Range(0, x.Length).Select(i => x.IndexOf((char)('0' + i))));

    private static IEnumerable<string> All(string letters) => letters.Length == 1
        ? [letters]
        : letters.SelectMany(letter => All(letters.Replace(letter.ToString(), "", StringComparison.Ordinal)).Select(rest => letter + rest));
}
