using GrokPipeline.Data.Expressions;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Data;

public sealed class ExpressionTests
{
    private static readonly Table s_rows = Pairs(7);

    public static TheoryData<string, Func<double, double, double>> Numbers => new()
    {
        { "1 + 2 * 3", (_, _) => 7 },
        { "(1 + 2) * 3", (_, _) => 9 },
        { "10 - 3 - 2", (_, _) => 5 },
        { "12 / 4 / 3", (_, _) => 1 },
        { "-a ^ 2", (a, _) => -(a * a) },
        { "2 - -b", (_, b) => 2 + b },
        { "a * b + a", (a, b) => (a * b) + a },
        { "1 / (1 + b)", (_, b) => 1 / (1 + b) },
        { "(a - b) % 7", (a, b) => ((a - b) + 7) % 7 },
        { "(a - b) % -7", (a, b) => ((a - b) + 7) % 7 },
        { "a ^ 0", (_, _) => 1 },
        { ".5 * a", (a, _) => 0.5 * a },
        { "a if a > b else b", (a, b) => Math.Max(a, b) },
        { "1 if a odd else 2 if b is even else 3", (a, b) => a % 2 == 1 ? 1 : b % 2 == 0 ? 2 : 3 },
    };

    public static TheoryData<string, Func<double, double, bool>> Truths => new()
    {
        { "a < b", (a, b) => a < b },
        { "a <= b", (a, b) => a <= b },
        { "a > b", (a, b) => a > b },
        { "a >= b", (a, b) => a >= b },
        { "a = b", (a, b) => a == b },
        { "a == b", (a, b) => a == b },
        { "a != b", (a, b) => a != b },
        { "a < 2 or a > 4 and b < 3", (a, b) => a < 2 || (a > 4 && b < 3) },
        { "not a < 2 and not (b == 3)", (a, b) => !(a < 2) && b != 3 },
        { "(a - b) % 7 < 3", (a, b) => ((a - b) + 7) % 7 < 3 },
        { "a odd or b even", (a, b) => a % 2 == 1 || b % 2 == 0 },
    };

    public static TheoryData<string, int, string> Mistakes => new()
    {
        { "", 1, "it ends where a number, a name or '(' is expected" },
        { "a <", 4, "it ends where" },
        { "(a - b", 7, "the ')' of the '(' at position 1" },
        { "a + q < 2", 5, "there is no 'q' here; the names are a, b, row" },
        { "a < b < 3", 7, "comparisons are not chained; write a < b and b < c" },
        { "a & b", 3, "the character '&' is not part of an expression" },
        { "a b", 3, "'b' stands where the end is expected" },
        { "a and b", 1, "'and' needs true or false (a comparison) here" },
        { "(a < b) + 1", 1, "'+' needs a number here" },
        { "a ^ b", 5, "an exponent is a whole number from 0 to 64" },
        { "a ^ 65", 5, "an exponent is a whole number from 0 to 64" },
        { "1.2.3 < a", 1, "1.2.3 is not a number" },
        { "a if a else b", 6, "'if' needs true or false" },
        { "a if a < b", 11, "it ends where else is expected" },
        { "a is 3", 6, "'3' stands where odd or even is expected" },
        { "a < b if a < b else 1", 21, "both sides of if … else" },
        { "\u0007", 1, "the character U+0007" },
    };

    [Theory, MemberData(nameof(Numbers))]
    public void Numbers_agree_with_the_same_formula_in_csharp(string text, Func<double, double, double> formula)
    {
        var values = RowExpression.Parse(text, s_rows.Schema).Numbers(s_rows);
        Assert.Equal(EachPair(formula), values);
    }

    [Theory, MemberData(nameof(Truths))]
    public void Conditions_agree_with_the_same_condition_in_csharp(string text, Func<double, double, bool> condition)
    {
        var values = RowExpression.Parse(text, s_rows.Schema).Holds(s_rows);
        Assert.Equal(EachPair(condition), values);
    }

    [Theory, MemberData(nameof(Mistakes))]
    public void A_mistake_is_told_with_its_position(string text, int position, string problem)
    {
        var error = Assert.Throws<GrokException>(() => RowExpression.Parse(text, s_rows.Schema));
        Assert.Contains($"position {position}:", error.Problem, StringComparison.Ordinal);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_is_no_condition_and_a_condition_no_number()
    {
        Assert.Contains("gives a number", Assert.Throws<GrokException>(() => RowExpression.Parse("a", s_rows.Schema).Holds(s_rows))
            .Problem, StringComparison.Ordinal);
        Assert.Contains("true or false", Assert.Throws<GrokException>(() => RowExpression.Parse("a < b", s_rows.Schema).Numbers(s_rows))
            .Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_and_length_have_a_limit()
    {
        foreach (var text in new[] { new string('(', 50_000), new string('-', 900) + "a",
            string.Concat(Enumerable.Repeat("not ", 200)) + "a<b" })
        {
            Assert.Throws<GrokException>(() => RowExpression.Parse(text, s_rows.Schema));
        }
        var deep = new string('(', 20) + "a" + new string(')', 20);
        Assert.Equal(49, RowExpression.Parse(deep, s_rows.Schema).Numbers(s_rows).Length);
    }

    [Fact]
    public void Random_text_gives_a_value_or_a_told_mistake()
    {
        string[] words = ["a", "b", "xy", "1", "2.5", "(", ")", "+", "-", "*", "/", "%", "^", "<", "=", "!=", "and", "or", "not", "if",
            "else",
            "is", "odd", "even", " ", "$", "é", "\ud800", "999999999999999999999999", "."];
        var stream = new Seed(7).Derive("expressions").Stream();
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Join(stream.NextBelow(2) == 0 ? " " : "",
                Enumerable.Range(0, 1 + stream.NextBelow(9)).Select(_ => words[stream.NextBelow(words.Length)]));
            try
            {
                var expression = RowExpression.Parse(text, s_rows.Schema);
                read++;
                Assert.Equal(49, expression.GivesTruth ? expression.Holds(s_rows).Length : expression.Numbers(s_rows).Length);
            }
            catch (GrokException e)
            {
                Assert.Contains("position", e.Problem, StringComparison.Ordinal);
            }
        }
        Assert.True(read > 200, $"only {read} texts were expressions");
    }

    private static T[] EachPair<T>(Func<double, double, T> formula) =>
        [.. Enumerable.Range(0, 49).Select(row => formula(row / 7, row % 7))];

    private static Table Pairs(int values)
    {
        var rows = Enumerable.Range(0, values * values).ToArray();
        return Table.Of(
            ColumnValues.Of("row", Array.ConvertAll(rows, row => (long)row)),
            ColumnValues.Of("a", Array.ConvertAll(rows, row => (long)(row / values))),
            ColumnValues.Of("b", Array.ConvertAll(rows, row => (long)(row % values))),
            ColumnValues.Of("name", Array.ConvertAll(rows, string? (row) => $"{row}")));
    }
}
