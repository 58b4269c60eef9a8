using System.Collections.Immutable;
using GrokPipeline.Stages.Configuration;

namespace GrokPipeline.Stages.Options;

/// <summary>A word, or a list of them: <c>all</c>, <c>[final, step:250]</c>.</summary>
/// <param name="Words">The words in order; none of them is empty.</param>
public readonly record struct WordList(ImmutableArray<string> Words) : IListForm
{
    /// <summary>Reads a word, or several with commas between them.</summary>
    /// <exception cref="GrokException">There is none.</exception>
    public static WordList FromText(string text)
    {
        ImmutableArray<string> words =
            [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        return words.Length > 0 ? new(words) : throw new GrokException("names nothing; give a word or a list of words.", "");
    }

    /// <summary>True when this is that word alone.</summary>
    public bool Is(string word) => Words is [var only] && only == word;

    /// <summary>Equal when the words are, in the same order.</summary>
    public bool Equals(WordList other) => ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    /// <summary><c>final, step:250</c>.</summary>
    public override string ToString() => Words.IsDefault ? "" : string.Join(", ", Words);
}
