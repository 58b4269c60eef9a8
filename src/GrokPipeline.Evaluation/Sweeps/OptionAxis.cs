using System.Collections.Immutable;
using System.Globalization;

namespace GrokPipeline.Evaluation.Sweeps;

/// <summary>How the values of an axis lie.</summary>
public enum AxisSpacing
{
    /// <summary>Equal differences.</summary>
    Linear,

    /// <summary>Equal ratios.</summary>
    Logarithmic,

    /// <summary>Neither, or no numbers.</summary>
    Irregular,
}

/// <summary>An option that a sweep varies, with all its values: numbers ascending, other values in the order of the plan.</summary>
/// <param name="Option">The option's path.</param>
/// <param name="Values">The values as written; at least one, each once.</param>
public sealed record OptionAxis(string Option, ImmutableArray<string> Values)
{
    // Written values are rounded: 0.001, 0.0032, 0.01 still has equal ratios.
    private const double Tolerance = 0.1;

    /// <summary>True when all values are numbers.</summary>
    public bool Numeric { get; } = Values.All(value => Number(value) is not null);

    /// <summary>How the values lie; two positive numbers ten times apart or more count as logarithmic.</summary>
    public AxisSpacing Spacing
    {
        get
        {
            if (!Numeric || Values.Length < 2) { return AxisSpacing.Irregular; }
            var numbers = Values.Select<string, double>(value => Number(value) ?? 0).ToArray();
            var wide = numbers[0] > 0 && numbers[^1] / numbers[0] >= 4;
            if (Values.Length == 2) { return wide && numbers[1] / numbers[0] >= 10 ? AxisSpacing.Logarithmic : AxisSpacing.Linear; }
            if (wide && Even([.. numbers.Select(number => Math.Log(number))])) { return AxisSpacing.Logarithmic; }
            return Even(numbers) ? AxisSpacing.Linear : AxisSpacing.Irregular;
        }
    }

    /// <summary>The number that a value is; null when it is none.</summary>
    public static double? Number(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    /// <summary>The axes of members, in the order of their settings.</summary>
    public static ImmutableArray<OptionAxis> Of(IReadOnlyList<SweepMember> members) =>
    [
        .. members.SelectMany(member => member.Settings).GroupBy(setting => setting.Option, StringComparer.Ordinal)
            .Select(group => new OptionAxis(
                group.Key, Sorted([.. group.Select(setting => setting.Value).Distinct(StringComparer.Ordinal)]))),
    ];

    /// <summary>A member's value on this axis; empty when its settings do not have the option.</summary>
    public string ValueOf(IEnumerable<SweepSetting> settings) =>
        settings.FirstOrDefault(setting => string.Equals(setting.Option, Option, StringComparison.Ordinal)).Value ?? "";

    private static ImmutableArray<string> Sorted(ImmutableArray<string> values) =>
        values.All(value => Number(value) is not null) ? [.. values.OrderBy(Number)] : values;

    private static bool Even(double[] numbers)
    {
        var mean = (numbers[^1] - numbers[0]) / (numbers.Length - 1);
        return numbers.Zip(numbers.Skip(1)).All(pair => Math.Abs(pair.Second - pair.First - mean) <= Tolerance * mean);
    }
}
