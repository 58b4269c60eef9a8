using System.Collections.Immutable;
using System.Globalization;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>
/// Which subclasses: <c>shifted</c> (rare in train), <c>kept</c> (the others), <c>all</c>, or a list of numbers <c>[1, 3]</c>.
/// </summary>
public sealed record SubclassChoice : IScalarForm<SubclassChoice>
{
    private static readonly ImmutableArray<string> s_words = ["shifted", "kept", "all"];

    private SubclassChoice(string text, ImmutableArray<int> numbers) => (Text, Numbers) = (text, numbers);

    /// <summary>Subclasses that are rare in train.</summary>
    public static SubclassChoice Shifted { get; } = new("shifted", []);

    /// <summary>As in a pipeline file.</summary>
    public string Text { get; }

    /// <summary>The numbers of a list; empty for a word.</summary>
    internal ImmutableArray<int> Numbers { get; }

    /// <summary>Reads <c>shifted</c>, <c>kept</c>, <c>all</c>, or numbers with commas between them.</summary>
    /// <exception cref="GrokException">The text is none of them.</exception>
    public static SubclassChoice FromText(string text)
    {
        if (s_words.Contains(text)) { return new(text, []); }
        var numbers = new List<int>();
        foreach (var part in text.Split(','))
        {
            if (!int.TryParse(part.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                throw new GrokException(
                    $"'{text}' names no subclasses.{Spelling.Suggestion(text, s_words)}",
                    "Give shifted, kept, all, or a list such as [1, 3].");
            }
            numbers.Add(number);
        }
        return new(text, [.. numbers.Distinct().Order()]);
    }

    /// <summary>Equal when it reads the same.</summary>
    public bool Equals(SubclassChoice? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>The numbers of the subclasses.</summary>
    /// <param name="shifted">For each subclass whether it is rare in train.</param>
    internal int[] Of(bool[] shifted) => Text switch
    {
        "all" => [.. Enumerable.Range(0, shifted.Length)],
        "shifted" => [.. Enumerable.Range(0, shifted.Length).Where(subclass => shifted[subclass])],
        "kept" => [.. Enumerable.Range(0, shifted.Length).Where(subclass => !shifted[subclass])],
        _ => [.. Numbers],
    };
}
