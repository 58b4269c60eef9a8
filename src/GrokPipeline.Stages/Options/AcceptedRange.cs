using System.Globalization;
using GrokPipeline.Evaluation;

namespace GrokPipeline.Stages.Options;

/// <summary>What a number may be: between two ends, both included; beyond a bound; or not reached at all.</summary>
public readonly record struct AcceptedRange : IScalarForm<AcceptedRange>
{
    private const string Never = "never";

    // Quotients of counts of rows differ from the written number in the last digits of float64.
    private const double Rounding = 1e-9;

    private readonly double _from;
    private readonly double _to;
    private readonly Bound? _bound;

    private AcceptedRange(double from, double to, Bound? bound) => (_from, _to, _bound) = (from, to, bound);

    /// <summary>Reads <c>2000..4200</c>, <c>&gt;= 0.99</c> or <c>never</c>.</summary>
    /// <exception cref="GrokException">It is none of them.</exception>
    public static AcceptedRange FromText(string text)
    {
        var trimmed = text.Trim();
        if (trimmed == Never) { return new(double.NaN, double.NaN, null); }
        if (trimmed.StartsWith('<') || trimmed.StartsWith('>')) { return new(0, 0, Bound.Parse(trimmed)); }
        var ends = trimmed.Split("..");
        if (ends.Length == 2 && Number(ends[0]) is { } from && Number(ends[1]) is { } to && from <= to) { return new(from, to, null); }
        throw new GrokException(
            $"'{text}' is no accepted range.", "Write two ends, the smaller first, as 2000..4200; a bound, as '<= 0.85'; or never.");
    }

    /// <summary>Whether a number is accepted; null and NaN say that nothing was reached.</summary>
    public bool Holds(double? value)
    {
        var reached = value is { } number && !double.IsNaN(number);
        if (_bound is { } bound) { return reached && bound.Holds(value!.Value, Rounding); }           // not null: it was reached
        return double.IsNaN(_from) ? !reached : reached && value >= _from - Rounding && value <= _to + Rounding;
    }

    /// <summary>As it is written.</summary>
    public override string ToString() => _bound is { } bound ? bound.ToString()
        : double.IsNaN(_from) ? Never
        : string.Create(CultureInfo.InvariantCulture, $"{_from}..{_to}");

    private static double? Number(string text) =>
        double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : null;
}
