using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Stages.Options;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>Numbers in a range, as text. Six significant digits hide what two machines might round differently.</summary>
internal static class RangeValues
{
    /// <summary>Evenly spaced values, both ends among them; fewer when whole numbers lie nearer than that.</summary>
    public static ImmutableArray<string> Of(RangeOptions range, int count, bool whole = false) =>
        [.. Enumerable.Range(0, count).Select(i => At(range, i == count - 1 ? 1 : (double)i / (count - 1), whole)).Distinct()];

    /// <summary>The value at a share of the way from one end to the other, in [0, 1]; the nearest whole number if asked for.</summary>
    public static string At(RangeOptions range, double share, bool whole = false)
    {
        var (from, to) = (range.From ?? 0, range.To ?? 0);
        return share switch
        {
            0 => Exact(from),
            1 => Exact(to),
            _ => Text(
                range.Scale == RangeScale.Linear
                    ? from + ((to - from) * share)
                    : PortableMath.Exp(PortableMath.Log(from) + ((PortableMath.Log(to) - PortableMath.Log(from)) * share)),
                whole),
        };
    }

    /// <summary>The number in the middle of two others; the nearest whole number, which may be one of them, if asked for.</summary>
    public static string Between(double a, double b, RangeScale scale, bool whole = false) =>
        Text(scale == RangeScale.Log ? PortableMath.Exp((PortableMath.Log(a) + PortableMath.Log(b)) / 2) : (a + b) / 2, whole);

    /// <summary>The number behind a text; null when it is none.</summary>
    public static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    // Through decimal, which writes 0.0001 and not 1E-04; beyond its range the exponent stays.
    private static string Text(double number, bool whole)
    {
        if (whole) { number = Math.Round(number, MidpointRounding.AwayFromZero); }
        var text = number.ToString("G6", CultureInfo.InvariantCulture);
        return Math.Abs(number) is >= 1e-6 and < 1e15 || number == 0
            ? decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : text;
    }

    private static string Exact(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
