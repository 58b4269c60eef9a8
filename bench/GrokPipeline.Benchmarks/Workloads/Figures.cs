using System.Globalization;

namespace GrokPipeline.Benchmarks.Workloads;

/// <summary>Numbers in tables.</summary>
internal static class Figures
{
    /// <summary>The median, with the smallest and the largest in brackets.</summary>
    public static string Show(double[] numbers)
    {
        var sorted = numbers.Order().ToArray();
        return sorted.Length == 1 ? Digits(sorted[0])
            : $"{Digits(Median(sorted))} ({Digits(sorted[0])}–{Digits(sorted[^1])})";
    }

    /// <summary>The median; of an even number of them the upper of the two in the middle.</summary>
    public static double Median(double[] numbers) => numbers.Order().ElementAt(numbers.Length / 2);

    /// <summary>A number with two digits or more.</summary>
    public static string Digits(double number) =>
        number.ToString(number is >= 100 or 0 ? "0" : number >= 10 ? "0.0" : number >= 0.1 ? "0.00" : "0.0000", CultureInfo.InvariantCulture);

    /// <summary>A row of a markdown table.</summary>
    public static string Row(params IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

    /// <summary>The two first lines of a markdown table.</summary>
    public static string Head(params string[] cells) => $"{Row(cells)}\n|{string.Concat(Enumerable.Repeat("---|", cells.Length))}";
}
