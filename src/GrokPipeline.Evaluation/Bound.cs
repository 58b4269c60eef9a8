using System.Globalization;

namespace GrokPipeline.Evaluation;

/// <summary>A requirement on a number: <c>&gt;= 0.99</c>. NaN fulfils none.</summary>
/// <param name="Comparison">One of <c>&gt;=</c>, <c>&gt;</c>, <c>&lt;=</c>, <c>&lt;</c>.</param>
/// <param name="Limit">What the number is compared with.</param>
public readonly record struct Bound(string Comparison, double Limit)
{
    private static readonly string[] Comparisons = [">=", "<=", ">", "<"];

    /// <summary>Reads a bound.</summary>
    /// <exception cref="GrokException">It is none.</exception>
    public static Bound Parse(string text)
    {
        var trimmed = text.Trim();
        var comparison = Comparisons.FirstOrDefault(candidate => trimmed.StartsWith(candidate, StringComparison.Ordinal));
        if (comparison is not null
            && double.TryParse(trimmed[comparison.Length..], NumberStyles.Float, CultureInfo.InvariantCulture, out var limit)
            && double.IsFinite(limit))
        {
            return new(comparison, limit);
        }
        throw new GrokException($"'{text}' is no bound.", "Write a comparison and a number: '>= 0.99', '< 0.7'.");
    }

    /// <summary>Whether a number keeps the bound.</summary>
    /// <param name="value">The number.</param>
    /// <param name="rounding">A number this near to the limit counts as the limit: 1 − 0.95 is not 0.05 in float64.</param>
    public bool Holds(double value, double rounding = 0) => Comparison switch
    {
        ">=" => value >= Limit - rounding,
        ">" => value > Limit + rounding,
        "<=" => value <= Limit + rounding,
        _ => value < Limit - rounding,
    };

    /// <summary><c>&gt;= 0.99</c>.</summary>
    public override string ToString() => $"{Comparison} {Limit.ToString("R", CultureInfo.InvariantCulture)}";
}
