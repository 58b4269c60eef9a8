using System.Globalization;

namespace GrokPipeline.Stages.Options;

/// <summary>A length of time as people write it: <c>20s</c>, <c>10m</c>, <c>2h</c>.</summary>
/// <param name="Seconds">The length, in seconds, at least 0.</param>
public readonly record struct Duration(double Seconds)
{
    /// <summary>Reads <c>20s</c>, <c>1.5m</c>, <c>2h</c> or <c>0</c>.</summary>
    /// <exception cref="GrokException">The text is none of these.</exception>
    public static Duration FromText(string text)
    {
        var unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        var digits = unit == 0 ? text : text[..^1];
        var sound = double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && (unit != 0 || number == 0) && number * Math.Max(1, unit) <= 1e9;
        return sound ? new(number * unit) : throw new GrokException($"is '{text}'; give a time such as 20s, 10m or 2h.", "");
    }

    /// <summary>The length for the clock.</summary>
    public TimeSpan AsTimeSpan() => TimeSpan.FromSeconds(Seconds);

    /// <summary><c>20s</c>.</summary>
    public override string ToString() => $"{Seconds.ToString("R", CultureInfo.InvariantCulture)}s";
}

/// <summary>Rows of a step: <c>full</c> or a number.</summary>
/// <param name="Rows">How many; null for all of train.</param>
public readonly record struct BatchSize(int? Rows)
{
    /// <summary>Reads <c>full</c> or a number.</summary>
    /// <exception cref="GrokException">The text is neither.</exception>
    public static BatchSize FromText(string text)
    {
        if (text is "full" or "all") { return new(null); }
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && rows > 0
            ? new(rows)
            : throw new GrokException($"is '{text}'; give a number of rows from 1, or full.", "");
    }

    /// <summary><c>full</c> or the number.</summary>
    public override string ToString() => Rows?.ToString(CultureInfo.InvariantCulture) ?? "full";
}
