using GrokPipeline.Data;
using GrokPipeline.Data.Generators;

namespace GrokPipeline.Tests.Data;

public sealed class ModularArithmeticTests
{
    /// <summary>The operations of Power et al., table of section 3, each with a definition of its own.</summary>
    public static TheoryData<string, Func<long, long, long, long?>> Operations => new()
    {
        { "add", (a, b, p) => (a + b) % p },
        { "x+y", (a, b, p) => (a + b) % p },
        { "sub", (a, b, p) => ((a - b) % p + p) % p },
        { "x - y", (a, b, p) => ((a - b) % p + p) % p },
        { "mul", (a, b, p) => a * b % p },
        { "div", Quotient },
        { "x/y", Quotient },
        { "div_or_sub", (a, b, p) => b % 2 == 1 ? Quotient(a, b, p) : ((a - b) % p + p) % p },
        { "squares", (a, b, p) => (a * a + b * b) % p },
        { "squares_xy", (a, b, p) => (a * a + a * b + b * b) % p },
        { "squares_xy_x", (a, b, p) => (a * a + a * b + b * b + a) % p },
        { "cube_xy", (a, b, p) => (a * a * a + a * b) % p },
        { "cube_xyy_y", (a, b, p) => (a * a * a + a * b * b + b) % p },
        { "square_add", (a, b, p) => (a * a + b) % p },
        { "cube_add", (a, b, p) => (a * a * a + b) % p },
        { "add_or_mul", (a, b, p) => a % 2 == 0 ? (a + b) % p : a * b % p },
        { "add_or_sub", (a, b, p) => a % 2 == 0 ? (a + b) % p : ((a - b) % p + p) % p },
        { "x/y if y odd else x-y", (a, b, p) => b % 2 == 1 ? Quotient(a, b, p) : ((a - b) % p + p) % p },
        { "x^2+y^2", (a, b, p) => (a * a + b * b) % p },
        { "x^2+xy+y^2", (a, b, p) => (a * a + a * b + b * b) % p },
        { "x^2+xy+y^2+x", (a, b, p) => (a * a + a * b + b * b + a) % p },
        { "x^3+xy", (a, b, p) => (a * a * a + a * b) % p },
        { "poly:x^3+xy^2+y", (a, b, p) => (a * a * a + a * b * b + b) % p },
        { "poly: a^3 + a*b^2 + b", (a, b, p) => (a * a * a + a * b * b + b) % p },
        { "x + y if x even else x * y", (a, b, p) => a % 2 == 0 ? (a + b) % p : a * b % p },
        { "-2a + 3(b - 1)", (a, b, p) => (((-2 * a) + (3 * (b - 1))) % p + p) % p },
        { "1/(a - b)", (a, b, p) => Quotient(1, ((a - b) % p + p) % p, p) },
        { "a if a < b else b", (a, b, _) => Math.Min(a, b) },
    };

    public static TheoryData<int> Primes => [2, 3, 5, 13, 97];

    [Theory, MemberData(nameof(Operations))]
    public void Each_operation_agrees_with_its_definition(string op, Func<long, long, long, long?> definition)
    {
        foreach (var p in Primes)
        {
            var all = new ModularArithmetic(new ModularArithmeticOptions { Op = op, Modulus = p.Data }).All;
            var expected = (from a in Enumerable.Range(0, p.Data)
                            from b in Enumerable.Range(0, p.Data)
                            let c = definition(a, b, p.Data)
                            where c is not null
                            select ((long)a, (long)b, c.Value)).ToArray();
            var rows = Enumerable.Range(0, all.Rows).Select(row => (all.Int64("a")[row], all.Int64("b")[row], all.Int64("c")[row]))
                .ToArray();
            Assert.Equal(expected, rows);
            Assert.Equal(Enumerable.Range(0, rows.Length).Select(row => (long)row), all.Int64("row").ToArray());
        }
    }

    [Theory]
    [InlineData("add", 9409), InlineData("div", 9312), InlineData("x/y if y odd else x-y", 9409), InlineData("x^3+xy^2+y", 9409)]
    public void Row_counts_modulo_97_are_those_of_the_paper(string op, int rows) =>
        Assert.Equal(rows, new ModularArithmetic(new ModularArithmeticOptions { Op = op }).All.Rows);

    [Fact]
    public void Division_has_the_rows_that_the_published_code_lists()
    {
        var all = new ModularArithmetic(new ModularArithmeticOptions { Op = "div", Modulus = 31 }).All;
        var listed = (from c in Enumerable.Range(0, 31) from b in Enumerable.Range(1, 30) select ((long)(b * c % 31), (long)b, (long)c))
            .Order();
        Assert.Equal(listed, Enumerable.Range(0, all.Rows).Select(row => (all.Int64("a")[row], all.Int64("b")[row], all.Int64("c")[row]))
            .Order());
    }

    [Fact]
    public void The_facts_say_what_a_model_must_know()
    {
        var facts = new ModularArithmetic(new ModularArithmeticOptions { Op = "div", Modulus = 13 }).Facts;
        Assert.Equal((InputKind.Operands, 13, 13, "c", "a / b (mod 13)"),
            (facts.Kind, facts.Classes, facts.OperandValues, facts.Target, facts.Operation));
        Assert.Equal(["a", "b"], facts.Operands);
        Assert.Equal(facts, DatasetFacts.FromJson(facts.ToJson()));
        Assert.NotEqual(facts, facts with { Classes = 14 });
    }

    [Theory]
    [InlineData(96, "89 and 97"), InlineData(1, "instance 2."), InlineData(0, "instance 2."), InlineData(-5, "instance 2."),
        InlineData(91, "89 and 97")]
    [InlineData(1022, "instance 1021."), InlineData(int.MaxValue, "instance 1021."), InlineData(int.MinValue, "instance 2.")]
    public void A_modulus_that_is_no_prime_is_answered_with_the_nearest_primes(int modulus, string nearest)
    {
        var problem = Assert.Single(new ModularArithmeticOptions { Modulus = modulus }.Problems());
        Assert.Equal("modulus", problem.Option);
        Assert.Contains($"modulus is {modulus}; give a prime", problem.Problem, StringComparison.Ordinal);
        Assert.Contains(nearest, problem.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Exactly_the_primes_up_to_1021_are_taken()
    {
        var sieve = Enumerable.Range(0, 1022).Select(n => n >= 2).ToArray();
        for (var i = 2; i < sieve.Length; i++)
        {
            for (var multiple = 2 * i; multiple < sieve.Length; multiple += i) { sieve[multiple] = false; }
        }
        for (var modulus = 0; modulus < sieve.Length; modulus++)
        {
            Assert.Equal(sieve[modulus], !new ModularArithmeticOptions { Modulus = modulus }.Problems().Any());
        }
    }

    [Theory]
    [InlineData("ad", "Did you mean 'add'?"), InlineData("plus", "Use one of: add, add_or_mul, add_or_sub, cube_add,"), InlineData("a +", "it ends where")]
    [InlineData("square_xy", "Did you mean 'squares_xy'?")]
    [InlineData("a < b", "gives true or false"), InlineData("a % 5", "by `a odd`"), InlineData("a * 0.5", "Use whole numbers")]
    [InlineData("a + z", "there is no 'z' here"), InlineData("", "it ends where"), InlineData("poly:", "it ends where")]
    public void An_operation_that_cannot_be_read_is_explained(string op, string text)
    {
        var problem = Assert.Single(new ModularArithmeticOptions { Op = op }.Problems());
        Assert.Equal("op", problem.Option);
        Assert.Contains(text, problem.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_operation_without_results_is_refused() =>
        Assert.Contains("divides by zero for every a and b", Specs.Modular(7, "a / 0").OnlyProblem().Problem, StringComparison.Ordinal);

    // The only c with c·b = a, found by trying.
    private static long? Quotient(long a, long b, long p)
    {
        if (b == 0) { return null; }
        for (var c = 0L; c < p; c++)
        {
            if (c * b % p == a) { return c; }
        }
        return null;
    }
}
