using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>
/// A region of inputs, of which a share is taken out of the list of all rows before the split. Its distribution is what train lacks of the
/// region: with a rate of 1 the whole region; with a rate of 0 the split is what it is without the shift, and the distribution is the
/// part of the region that the split left to others.
/// </summary>
public abstract class HeldOutShift : Shift
{
    /// <inheritdoc/>
    public sealed override ShiftType Type => ShiftType.Covariate;

    /// <inheritdoc/>
    public sealed override string Description => Rate == 1
        ? $"{Region}, taken out before the split"
        : $"{Region} that train lacks; a share of {Rate} was taken out before the split";

    /// <inheritdoc/>
    public sealed override bool TakesRowsBeforeSplit => true;

    /// <summary>Share of the region that is taken out, in [0, 1].</summary>
    protected abstract double Rate { get; }

    /// <summary>The region in words: <c>all rows with a &lt; 3</c>.</summary>
    protected abstract string Region { get; }

    /// <inheritdoc/>
    public sealed override IEnumerable<OptionProblem> Problems(Dataset dataset, SplitSpec split) => dataset is ListedDataset listed
        ? RegionProblems(listed)
        : [new("kind", "this shift needs a dataset that lists all its rows, such as modular_arithmetic.")];

    /// <summary>For each listed row whether it is taken out. More are taken with a higher rate, never others.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="seed">The shift's own seed.</param>
    public bool[] Takes(ListedDataset dataset, Seed seed)
    {
        var inside = Inside(dataset, seed);
        if (Rate == 1) { return inside; }
        var rows = Enumerable.Range(0, inside.Length).Where(row => inside[row]).ToArray();
        seed.Derive("rows").Stream().Shuffle(rows.AsSpan());
        var taken = new bool[inside.Length];
        var count = (int)Math.Round((decimal)Rate * rows.Length, MidpointRounding.AwayFromZero);
        foreach (var row in rows.AsSpan(0, count)) { taken[row] = true; }
        return taken;
    }

    /// <inheritdoc/>
    public sealed override Table Apply(ShiftInput input)
    {
        var listed = (ListedDataset)input.Dataset;                              // checked above
        var inside = Inside(listed, input.Seed);
        foreach (var row in input.Splits["train"].Int64("row")) { inside[row] = false; }
        int[] rows = [.. Enumerable.Range(0, inside.Length).Where(row => inside[row])];
        return rows.Length > 0
            ? listed.All.Select(rows)
            : throw new GrokException($"Train has {Region}.", "Give a higher rate, or train fewer rows.");
    }

    /// <summary>What is wrong with the region.</summary>
    protected abstract IEnumerable<OptionProblem> RegionProblems(ListedDataset dataset);

    /// <summary>For each listed row whether it belongs to the region.</summary>
    protected abstract bool[] Inside(ListedDataset dataset, Seed seed);

    /// <summary>What is wrong with the size of a region.</summary>
    /// <param name="inside">For each row whether it belongs to it.</param>
    /// <param name="option">The option that names it.</param>
    /// <param name="region">What that option says.</param>
    protected IEnumerable<OptionProblem> SizeProblems(bool[] inside, string option, string region)
    {
        if (!inside.Contains(true)) { yield return new(option, $"no row has {region}; name at least one."); }
        else if (!inside.Contains(false) && Rate == 1) { yield return new(option, $"every row has {region}; leave some for the split."); }
    }
}
