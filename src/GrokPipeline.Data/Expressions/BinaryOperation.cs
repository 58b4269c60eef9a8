using System.Collections.Immutable;

namespace GrokPipeline.Data.Expressions;

/// <summary>
/// A binary operation modulo a prime: a name such as <c>add</c>, or an expression over a and b (also x and y) such as
/// <c>x^3 + xy^2 + y</c> or <c>x/y if y odd else x-y</c>. Division is by the inverse; conditions look at the numbers 0 to p − 1.
/// </summary>
public sealed class BinaryOperation
{
    // The modular ones of Power et al. 2022 (section 3.1) and of openai/grok (data.py: +, -, *, /, …, **2+, **3+, +*, +-).
    private static readonly ImmutableDictionary<string, string> s_named = ImmutableDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("add", "a + b"), new("sub", "a - b"), new("mul", "a * b"), new("div", "a / b"),
        new("div_or_sub", "a / b if b odd else a - b"),
        new("squares", "a^2 + b^2"), new("squares_xy", "a^2 + ab + b^2"), new("squares_xy_x", "a^2 + ab + b^2 + a"),
        new("cube_xy", "a^3 + ab"), new("cube_xyy_y", "a^3 + ab^2 + b"),
        new("square_add", "a^2 + b"), new("cube_add", "a^3 + b"),
        new("add_or_mul", "a + b if a even else a * b"), new("add_or_sub", "a + b if a even else a - b"),
    ]);

    private static readonly ImmutableDictionary<string, int> s_variables = ImmutableDictionary.CreateRange(StringComparer.Ordinal,
        [KeyValuePair.Create("a", 0), new("b", 1), new("x", 0), new("y", 1)]);

    private readonly Node _node;

    private BinaryOperation(string text, Node node) => (Text, _node) = (text, node);

    /// <summary>The names that stand for an expression.</summary>
    public static IEnumerable<string> Names => s_named.Keys.Order(StringComparer.Ordinal);

    /// <summary>The expression: <c>a + b</c> for <c>add</c>.</summary>
    public string Text { get; }

    /// <summary>Reads a name or an expression; <c>poly:</c> may stand before an expression.</summary>
    /// <exception cref="GrokException">It is neither; the message has the position and what is expected there.</exception>
    public static BinaryOperation Parse(string op)
    {
        var text = (op.StartsWith("poly:", StringComparison.Ordinal) ? op["poly:".Length..] : s_named.GetValueOrDefault(op, op)).Trim();
        if (text.Length > 1 && text.All(letter => char.IsAsciiLetterLower(letter) || letter == '_')
            && !text.All(letter => s_variables.ContainsKey(letter.ToString())))
        {
            throw new GrokException(
                $"There is no operation named '{text}'.{Spelling.Suggestion(text, s_named.Keys)}",
                $"Use one of: {string.Join(", ", Names)}, or an expression over a and b such as poly:a^2 + a*b.");
        }
        var node = ExpressionParser.Parse(text, s_variables, products: true);
        if (node.Kind == ResultKind.Truth)
        {
            throw new GrokException($"'{text}' gives true or false.", "An operation gives a number.");
        }
        Check(node, text);
        return new(text, node);
    }

    /// <summary>The result for every pair of operands, −1 where it divides by zero; the first operand is the outer one.</summary>
    /// <param name="prime">The modulus, a prime.</param>
    /// <returns>prime² results.</returns>
    internal long[] Results(int prime)
    {
        var (field, results) = (new PrimeField(prime), new long[prime * prime]);
        Span<long> operands = stackalloc long[2];
        for (var i = 0; i < results.Length; i++)
        {
            (operands[0], operands[1]) = (i / prime, i % prime);
            results[i] = _node.Evaluate(operands, field);
        }
        return results;
    }

    // What has no meaning modulo a prime.
    private static void Check(Node node, string text)
    {
        switch (node)
        {
            case Literal { Value: var value } when value != Math.Floor(value) || value > int.MaxValue:
                throw new GrokException($"'{text}' holds {value}.", "Use whole numbers; write a division instead of a fraction.");
            case Binary { Operation: Operation.Modulo }:
                throw new GrokException(
                    $"'{text}' uses %.", "Results are modulo the prime already; ask for parity by `a odd` or `a even`.");
            case Binary { Left: var left, Right: var right }:
                Check(left, text);
                Check(right, text);
                break;
            case Conditional { Condition: var condition, Then: var then, Otherwise: var otherwise }:
                Check(condition, text);
                Check(then, text);
                Check(otherwise, text);
                break;
            case Negative { Of: var of }: Check(of, text); break;
            case Not { Of: var of }: Check(of, text); break;
            case Parity { Of: var of }: Check(of, text); break;
            case Power { Of: var of }: Check(of, text); break;
        }
    }
}
