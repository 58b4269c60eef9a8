using System.Globalization;

namespace GrokPipeline.Evaluation;

/// <summary>
/// A bound on a score or on the difference of two: <c>accuracy &gt;= 0.99</c> on every distribution, <c>shift.worst_group &gt;= 0.9</c> on
/// one, <c>validation - shift &lt;= 0.05</c> for the gap between two (of the accuracy, when no metric is named). NaN fulfils none.
/// </summary>
public sealed record Requirement
{
    private const string Short = "worst_group";

    // Of a difference of two numbers around 1, with room to spare.
    private const double Rounding = 1e-12;

    private Requirement(string text, Term first, Term? second, Bound bound) => (Text, First, Second, Bound) = (text, first, second, bound);

    private string Text { get; }

    private Term First { get; }

    private Term? Second { get; }

    private Bound Bound { get; }

    /// <summary>Names of the distributions that it asks for; none when it is about all.</summary>
    public IEnumerable<string> Distributions => ((Term?[])[First, Second]).Select(term => term?.Distribution).OfType<string>();

    /// <summary>Names of the metrics that it asks for.</summary>
    public IEnumerable<string> Metrics => ((Term?[])[First, Second]).Select(term => term?.Metric).OfType<string>().Distinct();

    /// <summary>Reads a requirement.</summary>
    /// <exception cref="GrokException">It is none, or names no known metric.</exception>
    public static Requirement Parse(string text)
    {
        var at = text.IndexOfAny(['<', '>']);
        var terms = at > 0 ? text[..at].Split(" - ", StringSplitOptions.TrimEntries) : [];
        if (terms.Length is not (1 or 2) || terms.Any(term => term.Length == 0 || term.Contains(' ', StringComparison.Ordinal)))
        {
            throw new GrokException(
                $"'{text}' is no requirement.",
                "Write \"accuracy >= 0.99\", \"shift.worst_group >= 0.9\" or \"validation - shift <= 0.05\".");
        }
        var isGap = terms.Length == 2;
        return new(text.Trim(), Read(terms[0], isGap), isGap ? Read(terms[1], isGap) : null, Bound.Parse(text[at..]));
    }

    /// <summary>What does not hold, one line each, with the numbers found. Without any scores nothing holds.</summary>
    /// <param name="scores">Distributions by name, each with its scores.</param>
    public IEnumerable<string> Missed(IReadOnlyList<(string Name, IReadOnlyList<Score> Scores)> scores)
    {
        if (scores.Count == 0)
        {
            yield return $"there are no scores to compare with {Bound}.";
            yield break;
        }
        if (Second is { } second)
        {
            var (a, b) = (Find(First, First.Distribution, scores), Find(second, second.Distribution, scores));
            if (a is null || b is null) { yield return $"there is no {Describe(a is null ? First : second)} to compare."; }
            else if (Miss($"{Describe(First)} - {Describe(second)}", a.Value.Value - b.Value.Value, Rounding) is { } miss)
            {
                yield return miss;
            }
            yield break;
        }
        // The yardstick of gaps has none to itself.
        var names = First.Distribution is { } one ? [one]
            : scores.Where(pair => !Metric.IsGap(First.Metric) || Scorer.Of(pair.Scores, First.Metric) is not null)
                .Select(pair => pair.Name).ToArray();
        if (names.Length == 0) { yield return $"there is no {First.Metric} to compare with {Bound}."; }
        foreach (var name in names)
        {
            var term = First with { Distribution = name };
            if (Find(term, name, scores) is not { } score) { yield return $"there is no {Describe(term)} to compare with {Bound}."; }
            else if (Miss(Describe(term), score.Value.Value, Metric.IsGap(term.Metric) ? Rounding : 0) is { } miss)
            {
                yield return score.Note.Length == 0 ? miss : $"{miss} {score.Note}";
            }
        }
    }

    /// <summary>The same about distributions of other names; its text stays.</summary>
    /// <param name="names">From a name to the other; one that it lacks stays.</param>
    public Requirement Renamed(IReadOnlyDictionary<string, string> names)
    {
        return new(Text, In(First), Second is { } second ? In(second) : null, Bound);

        Term In(Term term) =>
            term.Distribution is { } name && names.TryGetValue(name, out var other) ? term with { Distribution = other } : term;
    }

    /// <summary>As it was written.</summary>
    public override string ToString() => Text;

    private static Term Read(string text, bool isGap)
    {
        var dot = text.LastIndexOf('.');
        if (Known(text) is { } metric && isGap)
        {
            throw new GrokException(
                $"'{text}' in a difference names no distribution.",
                $"Write DISTRIBUTION.{text}, as in \"validation.loss - shift.loss <= 0.1\".");
        }
        if (Known(text) is { } of) { return new(null, of); }
        if (dot > 0 && Known(text[(dot + 1)..]) is { } named) { return new(text[..dot], named); }
        if (isGap) { return new(text, "accuracy"); }
        var name = text[(dot + 1)..];
        throw new GrokException(
            $"there is no metric '{name}'.{Spelling.Suggestion(name, Metric.Required)}",
            $"Use one of: {string.Join(", ", Metric.Required)}; before it a distribution and a dot.");
    }

    private static string? Known(string name) => name == Short ? Metric.WorstGroup : Metric.Required.Contains(name) ? name : null;

    private static Score? Find(Term term, string? name, IReadOnlyList<(string Name, IReadOnlyList<Score> Scores)> scores) =>
        Scorer.Of(scores.FirstOrDefault(pair => pair.Name == name).Scores ?? [], term.Metric);

    private static string Describe(Term term) => term.Distribution is null ? term.Metric : $"{term.Metric} of {term.Distribution}";

    private string? Miss(string what, double found, double rounding)
    {
        if (Bound.Holds(found, rounding)) { return null; }
        var text = found.ToString("G6", CultureInfo.InvariantCulture);
        // Digits that make the number look like the limit say nothing.
        if (text == Bound.Limit.ToString("G6", CultureInfo.InvariantCulture)) { text = found.ToString("R", CultureInfo.InvariantCulture); }
        return $"{what} is {text}, but should be {Bound}.";
    }

    private readonly record struct Term(string? Distribution, string Metric);
}
