using System.Collections.Immutable;
using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>A listed dataset whose answers are followed by the end token, and whose rows begin with it.</summary>
internal sealed class EndedAnswers : ListedDataset
{
    private const string End = "end";
    private readonly ListedDataset _inner;

    /// <summary>Adds the end.</summary>
    /// <param name="inner">A table of operands with answers of one token.</param>
    /// <param name="vocabulary">How many tokens there are; 0 for as many as are used.</param>
    public EndedAnswers(ListedDataset inner, int vocabulary)
    {
        _inner = inner;
        var facts = inner.Facts;
        var end = LeastVocabulary(facts) - 1;
        All = inner.All.With(ColumnValues.Of(End, [.. Enumerable.Repeat((long)end, inner.All.Rows)], "The end token, the same in all rows"));
        Facts = facts with
        {
            Classes = Math.Max(end + 1, vocabulary),
            Answer = [facts.Target, End],
            Prompt = [TokenLayout.Sign(end), .. TokenLayout.Of(facts)],
        };
    }

    /// <inheritdoc/>
    public override Table All { get; }

    /// <inheritdoc/>
    public override DatasetFacts Facts { get; }

    /// <inheritdoc/>
    public override ImmutableArray<string> Notes =>
    [
        .. _inner.Notes,
        "Rows read end a ∘ b = c end, as in openai/grok: the loss is the mean over both tokens after the equals sign, and a row is right "
            + "when both are.",
        $"OUR CHOICE: tokens are numbered values first, then the operation, the equals sign and the end ({Facts.Classes} in all); openai/grok "
            + "numbers the same tokens in another order, which only permutes rows of the embedding.",
    ];

    /// <summary>How many tokens rows use: values or classes, operation, equals sign, end.</summary>
    internal static int LeastVocabulary(DatasetFacts facts) => Math.Max(facts.OperandValues + 2, facts.Classes) + 1;
}
