using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>Generates a dataset: held-out rows first, then the split, then train's own shift, then the others, then the card.</summary>
public static class DatasetBuilder
{
    /// <summary>Generates all tables. The same specification gives the same tables on any machine and for any number of threads.</summary>
    /// <exception cref="GrokException">
    /// The specification has problems (all are in the message), or leaves a split or shift without rows.
    /// </exception>
    public static DatasetTables Build(DatasetSpec spec)
    {
        var (before, steps) = Begin(spec);
        var splits = SplitsOf(spec, before);
        var shifts = new OrderedDictionary<string, Table>(StringComparer.Ordinal);
        foreach (var shift in steps) { shifts.Add(shift.Name, shift.Apply(before with { Splits = splits })); }
        return new CardMaker(spec, before.Dataset).Describe(splits, shifts, steps.ToDictionary(shift => shift.Name));
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
    /// The splits alone, the same tables as <see cref="Build"/>'s: for trainings that never look at a shift. What shifts take before the
    /// split is taken; they and the card are not made.
    /// </summary>
    /// <exception cref="GrokException">As for <see cref="Build"/>.</exception>
    public static OrderedDictionary<string, Table> Splits(DatasetSpec spec) => SplitsOf(spec, Begin(spec).Before);

    // What shifts work on before there are splits, and the shifts.
    internal static (ShiftInput Before, List<ShiftSteps> Shifts) Begin(DatasetSpec spec)
    {
        var problems = spec.Problems().ToList();
        if (problems.Count > 0)
        {
            throw new GrokException(
                string.Join("\n", problems.Select(problem => $"{problem.Option}: {problem.Problem}")), "Correct the dataset's options.");
        }
        var (dataset, seed, heldOut) = (Datasets.Make(spec), new Seed(spec.Seed), Array.Empty<bool>());
        var shifts = spec.Shifts.Select(ShiftSteps.Of).ToList();
        foreach (var shift in shifts) { shift.Take(dataset, seed, ref heldOut); }
        var none = new Dictionary<string, Table>(StringComparer.Ordinal);
        return (new ShiftInput(dataset, spec.Split, none, seed, seed) { HeldOut = heldOut }, shifts);
    }

    private static OrderedDictionary<string, Table> SplitsOf(DatasetSpec spec, ShiftInput before)
    {
        var splits = new OrderedDictionary<string, Table>(StringComparer.Ordinal);
        foreach (var (name, rows) in before.Dataset.Split(before.Split, before.HeldOut.Span, before.DatasetSeed)) { splits.Add(name, rows); }
        splits["train"] = ShiftSteps.Apply(spec.TrainShift, splits["train"], before with { Splits = splits }, "train_shift");
        return splits;
    }
}
