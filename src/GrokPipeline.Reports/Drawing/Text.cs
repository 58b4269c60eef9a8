using System.Globalization;
using System.Net;
using System.Text;

namespace GrokPipeline.Reports.Drawing;

/// <summary>How text and numbers are written: encoded, invariant, the same every time.</summary>
internal static class Text
{
    /// <summary>Text for element contents and attributes; control characters, which XML forbids, become a visible mark.</summary>
    public static string Encode(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var c in text) { clean.Append(char.IsControl(c) && c is not ('\n' or '\t') ? '\uFFFD' : c); }
        return WebUtility.HtmlEncode(clean.ToString());
    }

    /// <summary>A coordinate with at most two decimals.</summary>
    public static string Coordinate(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A whole number with thin thousands: <c>12,345</c>.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number for people: three significant digits beyond the point, powers of ten where it is very small or large.</summary>
    public static string Number(double value)
    {
        if (double.IsNaN(value)) { return "–"; }
        if (double.IsInfinity(value)) { return value > 0 ? "∞" : "−∞"; }
        var magnitude = Math.Abs(value);
        var text = magnitude switch
        {
            0 => "0",
            >= 1e6 or < 1e-3 => value.ToString("0.##e0", CultureInfo.InvariantCulture),
            >= 100 => value.ToString("#,0.#", CultureInfo.InvariantCulture),
            _ => value.ToString("0.000", CultureInfo.InvariantCulture),
        };
        return text.Replace('-', '−');
    }

    /// <summary>A number for machines: shortest form that reads back the same.</summary>
    public static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>One line of comma-separated values; fields with commas, quotes or line ends are quoted.</summary>
    public static string CsvLine(params IEnumerable<string> fields) => string.Join(
        ',', fields.Select(f => f.AsSpan().ContainsAny(",\"\n\r") ? $"\"{f.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : f)) + "\n";
}
