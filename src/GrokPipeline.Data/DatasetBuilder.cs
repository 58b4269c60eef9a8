using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>Generates a dataset: held-out rows first, then the split, then the other shifts, then the card.</summary>
public static class DatasetBuilder
{
    /// <summary>Generates all tables. The same specification gives the same tables on any machine and for any number of threads.</summary>
    /// <exception cref="GrokException">
    /// The specification has problems (all are in the message), or leaves a split or shift without rows.
    /// </exception>
    public static DatasetTables Build(DatasetSpec spec)
    {
        var (dataset, before, made, shifts) = Begin(spec);
        var splits = SplitsOf(dataset, before, made);
        foreach (var (name, shift) in shifts.Where(shift => !shift.Shift.TakesRowsBeforeSplit))
        {
            made[name] = Apply(name, shift, before with { Splits = splits });
        }
        var ordered = new OrderedDictionary<string, Table>(StringComparer.Ordinal);
        foreach (var (name, _) in shifts) { ordered.Add(name, made[name]); }
        return new CardMaker(spec, dataset).Describe(splits, ordered, shifts.ToDictionary(shift => shift.Name, shift => shift.Shift));
    }

    /// <summary>
    /// Generates all tables and hands them on as they are made. Splits of drawn rows that would fill memory are made piece by piece and
    /// never held: see <see cref="LargeDataset"/>.
    /// </summary>
    /// <param name="spec">What to generate.</param>
    /// <param name="sink">Takes the tables: the splits, then the shifts.</param>
    /// <returns>The card; the same as <see cref="Build"/>'s.</returns>
    /// <exception cref="GrokException">As for <see cref="Build"/>, or a shift asks for the rows of a split that is not held.</exception>
    public static DataCard Write(DatasetSpec spec, IDatasetSink sink)
    {
        if (LargeDataset.Of(spec) is { } large) { return large.Write(sink); }
        var made = Build(spec);
        foreach (var (name, table) in made.Splits.Concat(made.Shifts)) { sink.Write(name, table); }
        return made.Card;
    }

    /// <summary>
    /// The splits alone, the same tables as <see cref="Build"/>'s: for trainings that never look at a shift. Shifts that take rows before
    /// the split are made, the others and the card are not.
    /// </summary>
    /// <exception cref="GrokException">As for <see cref="Build"/>.</exception>
    public static OrderedDictionary<string, Table> Splits(DatasetSpec spec)
    {
        var (dataset, before, made, _) = Begin(spec);
        return SplitsOf(dataset, before, made);
    }

    // The generator, the shifts, and what those that come before the split took.
    internal static (Dataset Dataset, ShiftInput Before, Dictionary<string, Table> Made, List<(string Name, Shift Shift)> Shifts) Begin(
        DatasetSpec spec)
    {
        var problems = spec.Problems().ToList();
        if (problems.Count > 0)
        {
            throw new GrokException(
                string.Join("\n", problems.Select(problem => $"{problem.Option}: {problem.Problem}")), "Correct the dataset's options.");
        }
        var dataset = Datasets.All.Find(spec.Use).Make(spec.With);
        var seed = new Seed(spec.Seed);
        var shifts = spec.Shifts.Select(shift => (shift.Name, Shift: Shifts.All.Find(shift.Kind).Make(shift.Options))).ToList();
        var made = new Dictionary<string, Table>(StringComparer.Ordinal);
        var before = new ShiftInput(dataset, spec.Split, new Dictionary<string, Table>(StringComparer.Ordinal), seed, seed);
        foreach (var (name, shift) in shifts.Where(shift => shift.Shift.TakesRowsBeforeSplit)) { made[name] = Apply(name, shift, before); }
        return (dataset, before, made, shifts);
    }

    private static OrderedDictionary<string, Table> SplitsOf(Dataset dataset, ShiftInput before, Dictionary<string, Table> made)
    {
        var splits = new OrderedDictionary<string, Table>(StringComparer.Ordinal);
        foreach (var (name, rows) in dataset.Split(before.Split, HeldOut(dataset, made), before.DatasetSeed)) { splits.Add(name, rows); }
        return splits;
    }

    /// <summary>The rows of a shift; its name stands in errors.</summary>
    internal static Table Apply(string name, Shift shift, ShiftInput input)
    {
        try
        {
            return shift.Apply(input with { Seed = input.DatasetSeed.Derive($"shift/{name}") });
        }
        catch (GrokException e) when (e.Where is null)
        {
            throw new GrokException(e.Problem, e.Remedy, $"shifts.{name}", e.Kind, e);
        }
    }

    private static bool[] HeldOut(Dataset dataset, Dictionary<string, Table> taken)
    {
        if (dataset is not ListedDataset listed || taken.Count == 0) { return []; }
        var held = new bool[listed.All.Rows];
        foreach (var table in taken.Values)
        {
            foreach (var row in table.Int64("row")) { held[row] = true; }
        }
        return held;
    }
}
