using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Options of <see cref="Subpopulation"/>.</summary>
public sealed record SubpopulationOptions : IOptions
{
    /// <summary>
    /// Which subclasses: <c>shifted</c> (rare in train), <c>kept</c> (the others), <c>all</c>, or a list of numbers. Default shifted.
    /// </summary>
    public SubclassChoice Subclasses { get; init; } = SubclassChoice.Shifted;

    /// <summary>
    /// How many rows are drawn, evenly over these subclasses; of a listed dataset at most, of the rows that train has not. Default 4000.
    /// </summary>
    public int Rows { get; init; } = 4000;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [];
}

/// <summary>New rows of some subclasses only.</summary>
public sealed class Subpopulation(SubpopulationOptions options) : Shift
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Subpopulation;

    /// <inheritdoc/>
    public override string Description => $"new rows, uniform over the subclasses: {options.Subclasses}";

    /// <inheritdoc/>
    public override bool TakesRowsBeforeSplit => false;

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> Problems(Dataset dataset, SplitSpec split)
    {
        if (dataset.Subclasses is not { } subclasses || dataset is not (DrawnDataset or ListedDataset))
        {
            yield return new("kind", "subpopulation needs a dataset with subclasses, such as gaussian_subclasses.");
            yield break;
        }
        if (dataset is DrawnDataset drawn && drawn.RowsProblem(options.Rows) is { } rows) { yield return new("rows", rows); }
        if (options.Rows < 1 && dataset is ListedDataset) { yield return new("rows", $"rows is {options.Rows}; give at least 1."); }
        var chosen = options.Subclasses.Of(subclasses.Shifted(split.Train));
        if (chosen.Length == 0)
        {
            yield return new("subclasses", "no subclass is rare in train; give train a shifted_per_class, or name the subclasses.");
        }
        else if (chosen[^1] >= dataset.Facts.Groups)
        {
            yield return new("subclasses", $"there is no subclass {chosen[^1]}; they are 0 to {dataset.Facts.Groups - 1}.");
        }
    }

    /// <inheritdoc/>
    public override Table Apply(ShiftInput input)
    {
        var chosen = options.Subclasses.Of(input.Dataset.Subclasses!.Shifted(input.Split.Train));            // not null: checked before
        return input.Dataset is DrawnDataset drawn
            ? drawn.Draw(options.Rows, chosen, input.DatasetSeed, input.Seed.Derive("rows"))
            : Listed((ListedDataset)input.Dataset, chosen, input);
    }

    // New are the rows that train has not; where the source gives rows to test, those of test. All of them, or as many by the seed.
    private Table Listed(ListedDataset dataset, int[] chosen, ShiftInput input)
    {
        var (trained, groups) = (input.Splits["train"].Int64("row").ToArray().ToHashSet(), dataset.All.Int64(dataset.Facts.Group!).ToArray());
        int[] rows = [.. Enumerable.Range(0, dataset.All.Rows).Where(row => chosen.Contains((int)groups[row]) && !trained.Contains(row)
            && (dataset.Parts is not { } parts || !parts.Given.Contains("test") || parts.Has(row, "test")))];
        if (rows.Length == 0)
        {
            throw new GrokException(
                $"Outside of train no row is of the subclasses {options.Subclasses}.", "Name other subclasses, or give train fewer rows.");
        }
        input.Seed.Derive("rows").Stream().Shuffle(rows.AsSpan());
        rows = rows[..Math.Min(rows.Length, options.Rows)];
        Array.Sort(rows);
        return dataset.All.Select(rows);
    }
}
