using System.Collections.Immutable;
using System.Globalization;

namespace GrokPipeline.Data;

/// <summary>
/// The row of tokens that a decoder reads: the prompt, then the answer without its last token, so that each position of the answer is
/// predicted from what stands before it (teacher forcing). An entry is the name of a column or, as <c>#97</c>, a token of every row.
/// </summary>
internal static class TokenLayout
{
    /// <summary>The entry of a token that every row has.</summary>
    internal static string Sign(int token) => string.Create(CultureInfo.InvariantCulture, $"#{token}");

    /// <summary>The token of an entry; null for a column.</summary>
    internal static long? SignOf(string entry) =>
        entry.StartsWith('#') ? long.Parse(entry.AsSpan(1), CultureInfo.InvariantCulture) : null;

    /// <summary>How many entries stand before the answer.</summary>
    internal static int PromptLength(DatasetFacts facts) => facts.Prompt.IsDefaultOrEmpty ? 2 * facts.Operands.Length : facts.Prompt.Length;

    /// <summary>How many entries a row has.</summary>
    internal static int Length(DatasetFacts facts) => PromptLength(facts) + facts.AnswerLength - 1;

    /// <summary>How many different tokens there are.</summary>
    internal static int Vocabulary(DatasetFacts facts)
    {
        if (facts.Prompt.IsDefaultOrEmpty) { return facts.OperandValues + 2; }
        var signs = facts.Prompt.Select(SignOf).Max() ?? -1;
        return (int)Math.Max(Math.Max(facts.OperandValues, signs + 1), facts.AnswerLength > 1 ? facts.Classes : 0);
    }

    /// <summary>All entries, in their order.</summary>
    internal static ImmutableArray<string> Of(DatasetFacts facts)
    {
        var prompt = facts.Prompt.IsDefaultOrEmpty
            ? facts.Operands.SelectMany((operand, i) =>
                (string[])[operand, Sign(i < facts.Operands.Length - 1 ? facts.OperandValues : facts.OperandValues + 1)])
            : facts.Prompt;
        return [.. prompt, .. facts.AnswerColumns.AsSpan()[..^1]];
    }
}
