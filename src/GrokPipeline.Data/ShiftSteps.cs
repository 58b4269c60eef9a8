using System.Collections.Immutable;
using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>One shift of a specification, made: a first step, and those that go on with its rows.</summary>
internal sealed class ShiftSteps
{
    private readonly Shift _first;
    private readonly ImmutableArray<RowShift> _then;

    private ShiftSteps(string name, string kind, Shift first, ImmutableArray<RowShift> then) =>
        (Name, Kind, _first, _then) = (name, kind, first, then);

    internal string Name { get; }

    /// <summary>The kinds of its steps, with commas between them.</summary>
    internal string Kind { get; }

    internal string Description
    {
        get
        {
            var types = _then.Select(step => step.Type).Prepend(_first.Type).Distinct();
            return $"{string.Join(" and ", types)} shift: {string.Concat(_then.Select(Words).Prepend(_first.Description))}";
        }
    }

    private Seed SeedOf(Seed dataset) => dataset.Derive($"shift/{Name}");

    internal static ShiftSteps Of(ShiftSpec spec) => new(
        spec.Name, string.Join(", ", spec.Then.Select(step => step.Kind).Prepend(spec.Kind)),
        Shifts.All.Find(spec.Kind).Make(spec.Options), [.. spec.Then.Select(Row)]);

    /// <summary>What a list of steps does to rows, in words: <c>; then …</c> for each.</summary>
    internal static string Words(IEnumerable<ShiftStep> steps) => string.Concat(steps.Select(step => Words(Row(step))));

    /// <summary>The rows after some steps.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="input">What the steps may look at.</param>
    /// <param name="name">What errors call the steps: <c>train_shift</c>. Their seeds are named after it too.</param>
    internal static Table Apply(IEnumerable<ShiftStep> steps, Table rows, ShiftInput input, string name) =>
        Go(steps.Select(Row), rows, input, name, first: 0);

    /// <summary>Marks the rows that it takes out before the split; none for most shifts.</summary>
    internal void Take(Dataset dataset, Seed seed, ref bool[] heldOut)
    {
        if (_first is not HeldOutShift region || dataset is not ListedDataset listed) { return; }
        var taken = region.Takes(listed, SeedOf(seed));
        if (heldOut.Length == 0) { heldOut = new bool[taken.Length]; }
        for (var row = 0; row < taken.Length; row++) { heldOut[row] |= taken[row]; }
    }

    /// <summary>Its rows.</summary>
    /// <exception cref="GrokException">A step leaves none.</exception>
    internal Table Apply(ShiftInput input)
    {
        var rows = Told($"shifts.{Name}", () => _first.Apply(input with { Seed = SeedOf(input.DatasetSeed) }));
        return Go(_then, rows, input, $"shifts.{Name}", first: 1);
    }

    private static Table Go(IEnumerable<RowShift> steps, Table rows, ShiftInput input, string name, int first)
    {
        foreach (var (i, step) in steps.Index())
        {
            var before = rows;
            var seed = input.DatasetSeed.Derive($"{name}/step-{first + i}");
            rows = Told($"{name}[{first + i}]", () => step.Apply(input with { Rows = before, Seed = seed }));
        }
        return rows;
    }

    private static string Words(RowShift step) => $"; then{(step.Action.StartsWith(',') ? "" : " rows")}{step.Action.TrimStart(',')}";

    // A later step was checked to be one on rows.
    private static RowShift Row(ShiftStep step) => (RowShift)Shifts.All.Find(step.Kind).Make(step.Options);

    private static Table Told(string where, Func<Table> apply)
    {
        try
        {
            return apply();
        }
        catch (GrokException e) when (e.Where is null)
        {
            throw new GrokException(e.Problem, e.Remedy, where, e.Kind, e);
        }
    }
}
