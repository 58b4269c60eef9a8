using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Data.Generators;

namespace GrokPipeline.Data;

/// <summary>The subclasses of a dataset as sampling sees them: how many there are, and which a split makes rare in train.</summary>
/// <param name="count">How many there are over all classes.</param>
/// <param name="perClass">How many a class has, those of class 0 first; 0 when classes differ in it.</param>
internal sealed class Subclasses(int count, int perClass)
{
    /// <summary>How many there are over all classes.</summary>
    internal int Count => count;

    /// <summary>The shift factor of each subclass in train.</summary>
    internal double[] Rates(SplitPart? train)
    {
        var rates = new double[count];
        for (var subclass = 0; subclass < count; subclass++) { rates[subclass] = IsLast(subclass, train) ? train?.SubclassRate ?? 1 : 1; }
        foreach (var (subclass, rate) in Named(train)) { rates[subclass] = rate; }
        return rates;
    }

    /// <summary>For each subclass whether it is rare in train, or would be with a rate below 1.</summary>
    internal bool[] Shifted(SplitPart? train)
    {
        var shifted = new bool[count];
        for (var subclass = 0; subclass < count; subclass++) { shifted[subclass] = IsLast(subclass, train); }
        foreach (var (subclass, _) in Named(train)) { shifted[subclass] = true; }
        return shifted;
    }

    /// <summary>Rows of each subclass in train.</summary>
    internal int[] Counts(SplitPart train) => ImbalancedCounts.Of(train.Rows ?? 0, Rates(train));

    /// <summary>What is wrong with the rare subclasses of train.</summary>
    internal IEnumerable<OptionProblem> Problems(SplitPart train)
    {
        var (own, general) = (NamedProblem(train), PerClassProblem(train));
        if (general is { } first) { yield return first; }
        if (own is { } second) { yield return second; }
        if (general is not null || own is not null || train.Rows is not > 0) { yield break; }
        var rates = Rates(train);
        if (rates.All(rate => rate == 0))
        {
            yield return new("train.subclass_rates", "every subclass has the rate 0; give at least one a rate above 0, usually 1.");
        }
        else if (Least(rates) is var least && train.Rows < least)
        {
            yield return new("train.rows",
                $"{train.Rows} rows leave none for one of {rates.Count(rate => rate > 0)} subclasses that train asks for; "
                + $"give at least {least}, or a rate of 0.");
        }
    }

    private bool IsLast(int subclass, SplitPart? train) =>
        train?.ShiftedPerClass is { } shifted && perClass > 0 && subclass % perClass >= perClass - shifted;

    private static IEnumerable<(int Subclass, double Rate)> Named(SplitPart? train) =>
        train?.SubclassRates?.Select(pair => (int.Parse(pair.Key, CultureInfo.InvariantCulture), pair.Value)) ?? [];

    // The fewest rows of which each subclass with a rate above 0 gets one: rare ones are rounded up, so that the others decide.
    private static int Least(double[] rates)
    {
        var (low, high) = (1, 2 * rates.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var counts = ImbalancedCounts.Of(middle, rates);
            if (rates.Zip(counts).All(pair => pair.First == 0 || pair.Second > 0)) { high = middle; }
            else { low = middle + 1; }
        }
        return low;
    }

    private OptionProblem? PerClassProblem(SplitPart train)
    {
        if (train.ShiftedPerClass is not null && perClass == 0)
        {
            return new("train.shifted_per_class",
                "the classes have different numbers of subclasses; name the rare ones, for instance subclass_rates: { 1: 0.2 }.");
        }
        if (train.ShiftedPerClass is { } shifted && (shifted < 0 || shifted >= perClass))
        {
            return new("train.shifted_per_class",
                $"shifted_per_class is {shifted}; a class has {perClass} subclasses and keeps at least one: give 0 to {perClass - 1}.");
        }
        if (train.SubclassRate is { } rate && !(rate is >= 0 and <= 1))
        {
            return new("train.subclass_rate", $"subclass_rate is {rate}; give a number from 0 (none) to 1 (no shift).");
        }
        if (train.SubclassRate is not (null or 1) && train.ShiftedPerClass is null or 0)
        {
            return new("train.subclass_rate",
                "subclass_rate has no effect without shifted_per_class; give for instance shifted_per_class: 1.");
        }
        return null;
    }

    private OptionProblem? NamedProblem(SplitPart train)
    {
        foreach (var (name, rate) in train.SubclassRates ?? ImmutableSortedDictionary<string, double>.Empty)
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var subclass) || subclass >= count)
            {
                return new("train.subclass_rates", $"there is no subclass {name}; they are 0 to {count - 1}.");
            }
            if (!(rate is >= 0 and <= 1))
            {
                return new("train.subclass_rates", $"subclass {name} has the rate {rate}; give a number from 0 (none) to 1 (no shift).");
            }
        }
        return null;
    }
}
