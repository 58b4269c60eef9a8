using System.Collections.Immutable;
using System.Globalization;

namespace GrokPipeline.Data;

/// <summary>Which rows go into train, validation and test.</summary>
public sealed record SplitSpec
{
    /// <summary>Rows that a model is trained on.</summary>
    public SplitPart? Train { get; init; }

    /// <summary>Rows of the same distribution (Gaussian subclasses: balanced) that it is never trained on; decides on grokking.</summary>
    public SplitPart? Validation { get; init; }

    /// <summary>More such rows, looked at only at the end.</summary>
    public SplitPart? Test { get; init; }

    /// <summary>
    /// Where a row's twin goes, the row with its operands in reverse order: <c>together</c> with it into one part, <c>apart</c> from it
    /// when it is in train, or <c>free</c> (the default) wherever it falls. For commutative operations a twin in train gives the answer
    /// away.
    /// </summary>
    public TwinRule? Twins { get; init; }

    /// <summary>The parts that are asked for, by name, in the order train, validation, test.</summary>
    internal IEnumerable<(string Name, SplitPart Part)> Parts()
    {
        if (Train is not null) { yield return ("train", Train); }
        if (Validation is not null) { yield return ("validation", Validation); }
        if (Test is not null) { yield return ("test", Test); }
    }
}

/// <summary>Where the row with the operands in reverse order goes.</summary>
public enum TwinRule
{
    /// <summary>Wherever it falls.</summary>
    Free,

    /// <summary>Into the same part; a part may have one row fewer for it.</summary>
    Together,

    /// <summary>Not into train when its twin is there.</summary>
    Apart,
}

/// <summary>
/// One part of a split: <c>0.3</c> (share of all rows), <c>rest</c>, <c>given</c> (the rows that the source gives to this part), or
/// <c>{ rows: 400, shifted_per_class: 1, subclass_rate: 0.2 }</c>.
/// </summary>
public sealed record SplitPart : IScalarForm<SplitPart>
{
    /// <summary>Share of the rows that are there after held-out rows were taken out, in (0, 1). For listed rows only.</summary>
    public double? Fraction { get; init; }

    /// <summary>True: all rows that no other part takes. For listed rows only.</summary>
    public bool Rest { get; init; }

    /// <summary>True: all rows that the dataset's source gives to this part, such as MNIST's test images. For listed rows only.</summary>
    public bool Given { get; init; }

    /// <summary>
    /// How many rows, at least 1. Eq. 1 of Carvalho et al. rounds per subclass, so that a shifted train may miss it by some rows.
    /// </summary>
    public int? Rows { get; init; }

    /// <summary>How many subclasses of each class, its last ones, are rare in train. Default 0. For datasets with subclasses.</summary>
    public int? ShiftedPerClass { get; init; }

    /// <summary>
    /// The shift factor f of Carvalho et al., in [0, 1]: rows of a rare subclass by rows of another one. 0 takes it out, 1 shifts
    /// nothing. Default 1. For datasets with subclasses.
    /// </summary>
    public double? SubclassRate { get; init; }

    /// <summary>
    /// Shift factors of single subclasses in train, by their numbers, such as <c>{ 1: 0.2, 3: 0 }</c>; any number of them, each with a
    /// factor of its own in [0, 1]. They go before shifted_per_class. Default none. For datasets with subclasses.
    /// </summary>
    public ImmutableSortedDictionary<string, double>? SubclassRates { get; init; }

    /// <summary>True when it asks for rare subclasses.</summary>
    internal bool IsShifted => ShiftedPerClass is not null || SubclassRate is not null || SubclassRates is { IsEmpty: false };

    /// <summary>All rows that no other part takes.</summary>
    public static SplitPart Remaining { get; } = new() { Rest = true };

    /// <summary>A share of the rows.</summary>
    public static SplitPart Of(double fraction) => new() { Fraction = fraction };

    /// <summary>Reads <c>0.3</c>, <c>rest</c> or <c>given</c>.</summary>
    /// <exception cref="GrokException">The text is none of them.</exception>
    public static SplitPart FromText(string text)
    {
        if (text == "rest") { return Remaining; }
        if (text == "given") { return new() { Given = true }; }
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction)) { return Of(fraction); }
        throw new GrokException(
            $"'{text}' is no part of a split.{Spelling.Suggestion(text, ["rest", "given"])}",
            "Give a share such as 0.3, or rest, or { rows: 400 }.");
    }

    /// <summary>As in a pipeline file.</summary>
    public override string ToString()
    {
        if (Rest) { return "rest"; }
        if (Given) { return "given"; }
        if (Fraction is { } fraction) { return fraction.ToString("R", CultureInfo.InvariantCulture); }
        var parts = new List<string>();
        if (Rows is { } rows) { parts.Add($"rows: {rows}"); }
        if (ShiftedPerClass is { } shifted) { parts.Add($"shifted_per_class: {shifted}"); }
        if (SubclassRate is { } rate) { parts.Add($"subclass_rate: {rate.ToString("R", CultureInfo.InvariantCulture)}"); }
        if (SubclassRates is { IsEmpty: false } named)
        {
            var rates = named.Select(pair => $"{pair.Key}: {pair.Value.ToString("R", CultureInfo.InvariantCulture)}");
            parts.Add($"subclass_rates: {{ {string.Join(", ", rates)} }}");
        }
        return $"{{ {string.Join(", ", parts)} }}";
    }
}
