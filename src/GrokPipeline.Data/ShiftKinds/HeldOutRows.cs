using GrokPipeline.Data.Expressions;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Options of <see cref="HeldOutRows"/>.</summary>
public sealed record HeldOutRowsOptions : IOptions
{
    /// <summary>Which rows, as an expression over the columns: <c>(a - b) % 97 &lt; 10</c>. Modulo is never negative.</summary>
    public string Where { get; init; } = "";

    /// <summary>Share of these rows that is taken out of the dataset before the split, in [0, 1]; 0 takes none. Default: all.</summary>
    public double? Rate { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Where)) { yield return new("where", "no rows are named; give for instance (a - b) % 97 < 10."); }
        if (!(Rate is null or (>= 0 and <= 1)))
        {
            yield return new("rate", $"rate is {Rate}; give a number from 0 (none is taken out) to 1 (all).");
        }
    }
}

/// <summary>Rows that an expression names, taken out before the split: a region of inputs that train never sees.</summary>
public sealed class HeldOutRows(HeldOutRowsOptions options) : HeldOutShift
{
    /// <inheritdoc/>
    protected override double Rate => options.Rate ?? 1;

    /// <inheritdoc/>
    protected override string Region => $"all rows with {options.Where}";

    /// <inheritdoc/>
    protected override IEnumerable<OptionProblem> RegionProblems(ListedDataset dataset)
    {
        var problem = Problem.Of(() => Inside(dataset, default), out var inside);
        return problem is not null ? [new("where", problem)] : SizeProblems(inside!, "where", options.Where);
    }

    /// <inheritdoc/>
    protected override bool[] Inside(ListedDataset dataset, Seed seed) =>
        RowExpression.Parse(options.Where, dataset.All.Schema).Holds(dataset.All);
}
