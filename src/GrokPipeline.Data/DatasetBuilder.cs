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

        var splits = new OrderedDictionary<string, Table>(StringComparer.Ordinal);
        foreach (var (name, rows) in dataset.Split(spec.Split, HeldOut(dataset, made), seed)) { splits.Add(name, rows); }
        foreach (var (name, shift) in shifts.Where(shift => !shift.Shift.TakesRowsBeforeSplit))
        {
            made[name] = Apply(name, shift, before with { Splits = splits });
        }
        var ordered = new OrderedDictionary<string, Table>(StringComparer.Ordinal);
        foreach (var (name, _) in shifts) { ordered.Add(name, made[name]); }
        return new CardMaker(spec, dataset).Describe(splits, ordered, shifts.ToDictionary(shift => shift.Name, shift => shift.Shift));
    }

    private static Table Apply(string name, Shift shift, ShiftInput input)
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
