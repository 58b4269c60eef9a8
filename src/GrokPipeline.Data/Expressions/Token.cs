using System.Collections.Immutable;
using System.Globalization;

namespace GrokPipeline.Data.Expressions;

internal enum TokenKind
{
    Number,
    Name,
    Sign,
    End,
}

/// <summary>A word of an expression. Positions count characters from 1.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Position)
{
    public static readonly ImmutableArray<string> Keywords = ["and", "or", "not", "if", "else", "is", "odd", "even"];

    private static readonly ImmutableArray<string> s_signs =
        ["<=", ">=", "==", "!=", "<", ">", "=", "+", "-", "−", "*", "·", "/", "%", "^", "(", ")"];

    public static List<Token> Split(string text, Func<string, bool> isKnown, bool products)
    {
        var tokens = new List<Token>();
        for (var i = 0; i < text.Length;)
        {
            var (start, c) = (i, text[i]);
            if (char.IsWhiteSpace(c)) { i++; }
            else if (char.IsAsciiDigit(c) || c == '.')
            {
                while (i < text.Length && (char.IsAsciiDigit(text[i]) || text[i] == '.')) { i++; }
                tokens.Add(new(TokenKind.Number, text[start..i], start + 1));
            }
            else if (char.IsAsciiLetter(c) || c == '_')
            {
                while (i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || text[i] == '_')) { i++; }
                AddName(tokens, text[start..i], start + 1, isKnown, products);
            }
            else
            {
                var sign = s_signs.FirstOrDefault(sign => text.AsSpan(start).StartsWith(sign, StringComparison.Ordinal))
                    ?? throw ExpressionParser.Error(text, start + 1, $"the character {Show(c)} is not part of an expression");
                tokens.Add(new(TokenKind.Sign, sign, start + 1));
                i += sign.Length;
            }
        }
        tokens.Add(new(TokenKind.End, "", text.Length + 1));
        return tokens;
    }

    // In a polynomial, xy is x times y.
    private static void AddName(List<Token> tokens, string name, int position, Func<string, bool> isKnown, bool products)
    {
        if (products && !isKnown(name) && !Keywords.Contains(name) && name.All(letter => isKnown(letter.ToString())))
        {
            tokens.AddRange(name.Select((letter, i) => new Token(TokenKind.Name, letter.ToString(), position + i)));
            return;
        }
        tokens.Add(new(TokenKind.Name, name, position));
    }

    private static string Show(char c) =>
        char.IsControl(c) || char.IsSurrogate(c) ? "U+" + ((int)c).ToString("X4", CultureInfo.InvariantCulture) : $"'{c}'";
}
