using System.Globalization;

namespace GrokPipeline.Data.Expressions;

/// <summary>
/// Reads an expression by recursive descent. From loose to tight: if … else, or, and, not, comparison and parity, + −, × ÷ %, −x, power.
/// </summary>
internal sealed class ExpressionParser
{
    private const int MaximumDepth = 32;

    private readonly string _text;
    private readonly IReadOnlyDictionary<string, int> _variables;
    private readonly bool _products;
    private readonly List<Token> _tokens;
    private int _at;
    private int _depth;

    private ExpressionParser(string text, IReadOnlyDictionary<string, int> variables, bool products)
    {
        (_text, _variables, _products) = (text, variables, products);
        _tokens = Token.Split(text, variables.ContainsKey, products);
    }

    private Token Next => _tokens[_at];

    /// <summary>Reads a whole expression.</summary>
    /// <param name="text">The expression, at most 1,000 characters.</param>
    /// <param name="variables">Names and the index of their value; two names may share one.</param>
    /// <param name="products">True when factors may stand side by side: <c>2xy</c>.</param>
    internal static Node Parse(string text, IReadOnlyDictionary<string, int> variables, bool products)
    {
        if (text.Length > 1000) { throw Error(text[..20] + "…", 1001, "it is longer than 1,000 characters"); }
        var parser = new ExpressionParser(text, variables, products);
        var node = parser.Whole();
        return parser.Next.Kind == TokenKind.End ? node : throw parser.Unexpected("the end");
    }

    internal static GrokException Error(string text, int position, string problem) => new(
        $"'{text}', position {position.ToString(CultureInfo.InvariantCulture)}: {problem}.",
        "Expressions know + - * / % ^, comparisons, and, or, not, and parentheses.");

    private Node Whole()
    {
        var start = Enter();
        var node = Or();
        if (TakeWord("if"))
        {
            var condition = Truth(Or, "if");
            if (!TakeWord("else")) { throw Unexpected("else"); }
            var at = Next.Position;
            var otherwise = Whole();
            if (node.Kind != otherwise.Kind) { throw Error(_text, at, "both sides of if … else are numbers, or both are true or false"); }
            node = new Conditional(condition, node, otherwise);
        }
        _depth = start;
        return node;
    }

    private Node Or()
    {
        var (start, node) = (Next.Position, And());
        while (TakeWord("or")) { node = new Binary(Operation.Or, Expect(node, ResultKind.Truth, start, "or"), Truth(And, "or")); }
        return node;
    }

    private Node And()
    {
        var (start, node) = (Next.Position, Negation());
        while (TakeWord("and")) { node = new Binary(Operation.And, Expect(node, ResultKind.Truth, start, "and"), Truth(Negation, "and")); }
        return node;
    }

    private Node Negation()
    {
        if (!TakeWord("not")) { return Comparison(); }
        var start = Enter();
        var node = new Not(Truth(Negation, "not"));
        _depth = start;
        return node;
    }

    private Node Comparison()
    {
        var (start, left) = (Next.Position, Sum());
        var isWord = TakeWord("is");
        if (Next is { Kind: TokenKind.Name, Text: "odd" or "even" })
        {
            var odd = Next.Text == "odd";
            Expect(left, ResultKind.Number, start, Next.Text);
            _at++;
            return new Parity(left, odd);
        }
        if (isWord) { throw Unexpected("odd or even"); }
        if (ComparisonSign(Next.Text) is not { } operation) { return left; }
        var sign = Next.Text;
        _at++;
        var node = new Binary(operation, Expect(left, ResultKind.Number, start, sign), Number(Sum, sign));
        return ComparisonSign(Next.Text) is null
            ? node
            : throw Error(_text, Next.Position, "comparisons are not chained; write a < b and b < c");
    }

    private Node Sum()
    {
        var (start, node) = (Next.Position, Product());
        while (Next.Text is "+" or "-" or "−")
        {
            var sign = Next.Text;
            _at++;
            var operation = sign == "+" ? Operation.Add : Operation.Subtract;
            node = new Binary(operation, Expect(node, ResultKind.Number, start, sign), Number(Product, sign));
        }
        return node;
    }

    private Node Product()
    {
        var (start, node) = (Next.Position, Unary());
        while (ProductSign() is { } operation)
        {
            var sign = Next.Kind == TokenKind.Sign && Next.Text != "(" ? _tokens[_at++].Text : "*";
            node = new Binary(operation, Expect(node, ResultKind.Number, start, sign), Number(Unary, sign));
        }
        return node;
    }

    private Node Unary()
    {
        if (Next.Text is not ("-" or "−" or "+")) { return Raised(); }
        var start = Enter();
        var sign = _tokens[_at++].Text;
        var node = Number(Unary, sign);
        _depth = start;
        return sign == "+" ? node : new Negative(node);
    }

    private Node Raised()
    {
        var (start, node) = (Next.Position, Primary());
        if (Next.Text != "^") { return node; }
        Expect(node, ResultKind.Number, start, "^");
        _at++;
        var (at, text) = (Next.Position, Next.Text);
        if (Next.Kind != TokenKind.Number || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var exponent)
            || exponent > 64)
        {
            throw Error(_text, at, "an exponent is a whole number from 0 to 64");
        }
        _at++;
        return Next.Text == "^" ? throw Error(_text, Next.Position, "powers are not chained; use parentheses") : new Power(node, exponent);
    }

    private Node Primary()
    {
        var token = Next;
        if (token.Text == "(")
        {
            _at++;
            var node = Whole();
            if (Next.Text != ")") { throw Unexpected($"the ')' of the '(' at position {token.Position}"); }
            _at++;
            return node;
        }
        if (token.Kind == TokenKind.Number)
        {
            if (!double.TryParse(token.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
                || !double.IsFinite(value))
            {
                throw Error(_text, token.Position, $"{token.Text} is not a number");
            }
            _at++;
            return new Literal(value);
        }
        if (token.Kind != TokenKind.Name || Token.Keywords.Contains(token.Text)) { throw Unexpected("a number, a name or '('"); }
        if (!_variables.TryGetValue(token.Text, out var index))
        {
            var names = _variables.Keys.Order(StringComparer.Ordinal).ToArray();
            var suggestion = Spelling.Suggestion(token.Text, names);
            throw Error(_text, token.Position, $"there is no '{token.Text}' here; the names are {string.Join(", ", names)}{suggestion}");
        }
        _at++;
        return new Variable(index);
    }

    private Operation? ProductSign() => Next switch
    {
        { Text: "*" or "·" } => Operation.Multiply,
        { Text: "/" } => Operation.Divide,
        { Text: "%" } => Operation.Modulo,
        { Text: "(" } or { Kind: TokenKind.Number } when _products => Operation.Multiply,
        { Kind: TokenKind.Name } when _products && !Token.Keywords.Contains(Next.Text) => Operation.Multiply,
        _ => null,
    };

    private static Operation? ComparisonSign(string text) => text switch
    {
        "<" => Operation.Less,
        "<=" => Operation.LessOrEqual,
        ">" => Operation.Greater,
        ">=" => Operation.GreaterOrEqual,
        "==" or "=" => Operation.Equal,
        "!=" => Operation.NotEqual,
        _ => null,
    };

    private Node Number(Func<Node> read, string sign) => Checked(read, ResultKind.Number, sign);

    private Node Truth(Func<Node> read, string sign) => Checked(read, ResultKind.Truth, sign);

    private Node Checked(Func<Node> read, ResultKind kind, string sign)
    {
        var at = Next.Position;
        return Expect(read(), kind, at, sign);
    }

    private Node Expect(Node node, ResultKind kind, int position, string sign) => node.Kind == kind
        ? node
        : throw Error(_text, position, $"'{sign}' needs {(kind == ResultKind.Number ? "a number" : "true or false (a comparison)")} here");

    private bool TakeWord(string word)
    {
        if (Next.Kind != TokenKind.Name || Next.Text != word) { return false; }
        _at++;
        return true;
    }

    private int Enter() =>
        _depth++ < MaximumDepth ? _depth - 1 : throw Error(_text, Next.Position, $"it is nested more than {MaximumDepth} deep");

    private GrokException Unexpected(string expected) =>
        Error(_text, Next.Position, $"{(Next.Kind == TokenKind.End ? "it ends" : $"'{Next.Text}' stands")} where {expected} is expected");
}
