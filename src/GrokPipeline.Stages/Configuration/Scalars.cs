using System.Globalization;

namespace GrokPipeline.Stages.Configuration;

/// <summary>Reading text as the type that an option has.</summary>
internal static class Scalars
{
    /// <summary>Reads a value; says what was expected when it cannot.</summary>
    public static bool TryRead(string text, Type type, out object? value, out string expected)
    {
        expected = Expected(type);
        value = Read(text, type);
        var digits = text.TrimStart('-', '+');
        if (value is null && Range(type) is { } range && digits.Length > 0 && digits.All(char.IsAsciiDigit))
        {
            expected = $"a whole number {range}";                              // it is one, but not of these
        }
        return value is not null;
    }

    /// <summary>What a value of a type looks like, for messages.</summary>
    public static string Expected(Type type)
    {
        if (type == typeof(bool)) { return "true or false"; }
        if (type == typeof(int) || type == typeof(long)) { return "a whole number"; }
        if (type == typeof(ulong) || type == typeof(uint)) { return "a whole number from 0"; }
        if (type == typeof(double) || type == typeof(float)) { return "a number"; }
        if (type.IsEnum) { return $"one of {string.Join(", ", OptionTypes.MemberNames(type))}"; }
        return "text";
    }

    private static string? Range(Type type) => type == typeof(int) ? $"from {int.MinValue} to {int.MaxValue}"
        : type == typeof(long) ? $"from {long.MinValue} to {long.MaxValue}"
        : type == typeof(uint) ? $"from 0 to {uint.MaxValue}"
        : type == typeof(ulong) ? $"from 0 to {ulong.MaxValue}" : null;

    private static object? Read(string text, Type type)
    {
        var culture = CultureInfo.InvariantCulture;
        if (type == typeof(string)) { return text; }
        if (type == typeof(bool)) { return text switch { "true" => true, "false" => false, _ => null }; }
        if (type.IsEnum)
        {
            var name = Enum.GetNames(type).FirstOrDefault(member => OptionTypes.SnakeCase(member) == text);
            return name is null ? null : Enum.Parse(type, name);
        }
        if (type == typeof(double)) { return Number(text) is { } number ? number : null; }
        if (type == typeof(float)) { return Number(text) is { } number && float.IsFinite((float)number) ? (float)number : null; }
        const NumberStyles whole = NumberStyles.AllowLeadingSign;
        var digits = text.Replace("_", "", StringComparison.Ordinal);            // 4_000 reads as 4000
        if (digits.Contains(',', StringComparison.Ordinal)) { return null; }
        if (type == typeof(int)) { return int.TryParse(digits, whole, culture, out var number) ? number : null; }
        if (type == typeof(long)) { return long.TryParse(digits, whole, culture, out var number) ? number : null; }
        if (type == typeof(uint)) { return uint.TryParse(digits, whole, culture, out var number) ? number : null; }
        if (type == typeof(ulong)) { return ulong.TryParse(digits, whole, culture, out var number) ? number : null; }
        throw new InvalidOperationException($"Options of type {type} cannot be read from a pipeline file.");
    }

    // A number as people write it: finite, without words, so neither .nan nor 1e999.
    private static double? Number(string text) =>
        double.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number) && !text.Any(c => char.IsLetter(c) && c is not ('e' or 'E')) ? number : null;
}
