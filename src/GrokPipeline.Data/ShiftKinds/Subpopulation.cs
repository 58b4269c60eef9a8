using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Options of <see cref="Subpopulation"/>.</summary>
public sealed record SubpopulationOptions : IOptions
{
    /// <summary>
    /// Which subclasses: <c>shifted</c> (rare in train), <c>kept</c> (the others), <c>all</c>, or a list of numbers. Default shifted.
    /// </summary>
    public SubclassChoice Subclasses { get; init; } = SubclassChoice.Shifted;

    /// <summary>How many rows are drawn, evenly over these subclasses. Default 4000.</summary>
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
        if (dataset is not DrawnDataset drawn)
        {
            yield return new("kind", "subpopulation needs a dataset with subclasses, such as gaussian_subclasses.");
            yield break;
        }
        if (drawn.RowsProblem(options.Rows) is { } rows) { yield return new("rows", rows); }
        var chosen = options.Subclasses.Of(drawn.Shifted(split));
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
        var drawn = (DrawnDataset)input.Dataset;
        return drawn.Draw(options.Rows, options.Subclasses.Of(drawn.Shifted(input.Split)), input.DatasetSeed, input.Seed.Derive("rows"));
    }
}
