using System.Globalization;
using System.Numerics;

namespace GrokPipeline.Data.Generators;

/// <summary>Rows per subclass by Eq. 1 of Carvalho et al. 2025, in exact fractions.</summary>
public static class ImbalancedCounts
{
    /// <summary>
    /// Of γ_D rows wanted, γ_s rare and γ_r other subclasses and the shift factor f: a rare subclass gets ⌈f·γ_D / (f·γ_s + γ_r)⌉, another
    /// one ⌊γ_D / (f·γ_s + γ_r)⌋. With f = 1 both are rounded down (OUR CHOICE: rounding apart would be an imbalance by accident).
    /// </summary>
    /// <param name="rows">γ_D, at least 0.</param>
    /// <param name="shifted">γ_s, the number of rare subclasses.</param>
    /// <param name="kept">γ_r, the number of other subclasses, at least 1.</param>
    /// <param name="rate">f in [0, 1], taken as the decimal number that it is written as.</param>
    public static (int Shifted, int Kept) Of(int rows, int shifted, int kept, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(kept, 1);
        var (numerator, denominator) = Fraction(rate);
        // Both sides of f·γ_s + γ_r times the fraction's denominator.
        var bottom = (numerator * shifted) + (denominator * kept);
        return (Count(rows, rate, numerator, bottom), Count(rows, 1, denominator, bottom));
    }

    /// <summary>
    /// The same with a factor of its own for each subclass: one with the factor f gets f·γ_D / Σf rows, rounded up below 1 and down at 1.
    /// </summary>
    /// <param name="rows">γ_D, at least 0.</param>
    /// <param name="rates">The factors, each in [0, 1], at least one above 0.</param>
    /// <returns>Rows of each subclass.</returns>
    public static int[] Of(int rows, IReadOnlyList<double> rates)
    {
        var fractions = rates.Select(Fraction).ToArray();
        var denominator = fractions.Max(fraction => fraction.Denominator);                  // powers of ten: the largest is common
        var parts = Array.ConvertAll(fractions, fraction => fraction.Numerator * (denominator / fraction.Denominator));
        var bottom = parts.Aggregate(BigInteger.Zero, (sum, part) => sum + part);
        if (bottom.IsZero) { throw new ArgumentOutOfRangeException(nameof(rates), "Every shift factor is 0."); }
        return [.. parts.Select((part, i) => Count(rows, rates[i], part, bottom))];
    }

    private static int Count(int rows, double rate, BigInteger numerator, BigInteger bottom)
    {
        var count = BigInteger.DivRem(numerator * rows, bottom, out var remainder);
        return (int)count + (rate == 1 || remainder.IsZero ? 0 : 1);
    }

    // 0.2 is 2/10: the shortest decimal text of the number, not its binary neighbour.
    private static (BigInteger Numerator, BigInteger Denominator) Fraction(double rate)
    {
        if (!(rate is >= 0 and <= 1)) { throw new ArgumentOutOfRangeException(nameof(rate), rate, "The shift factor is in [0, 1]."); }
        var parts = rate.ToString("R", CultureInfo.InvariantCulture).Split('E');
        var exponent = parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        var digits = parts[0].Split('.');
        var decimals = (digits.Length > 1 ? digits[1].Length : 0) - exponent;
        var number = BigInteger.Parse(string.Concat(digits), NumberStyles.None, CultureInfo.InvariantCulture);
        return decimals >= 0 ? (number, BigInteger.Pow(10, decimals)) : (number * BigInteger.Pow(10, -decimals), 1);
    }
}
