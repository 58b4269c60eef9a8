using GrokPipeline.Data.Expressions;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Options of <see cref="HeldOutRows"/>.</summary>
public sealed record HeldOutRowsOptions : IOptions
{
    /// <summary>Which rows, as an expression over the columns: <c>(a - b) % 97 &lt; 10</c>. Modulo is never negative.</summary>
    public string Where { get; init; } = "";

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Where)) { yield return new("where", "no rows are named; give for instance (a - b) % 97 < 10."); }
    }
}

/// <summary>Rows that an expression names, taken out before the split: a region of inputs that train never sees.</summary>
public sealed class HeldOutRows(HeldOutRowsOptions options) : Shift
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Covariate;

    /// <inheritdoc/>
    public override string Description => $"all rows with {options.Where}, taken out before the split";

    /// <inheritdoc/>
    public override bool TakesRowsBeforeSplit => true;

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> Problems(Dataset dataset, SplitSpec split)
    {
        if (dataset is not ListedDataset listed)
        {
            yield return new("kind", "held_out_rows needs a dataset that lists all its rows, such as modular_arithmetic.");
            yield break;
        }
        var problem = Problem.Of(() => RowExpression.Parse(options.Where, listed.All.Schema).Holds(listed.All), out var holds);
        if (problem is not null) { yield return new("where", problem); }
        else if (!holds!.Contains(true)) { yield return new("where", $"no row has {options.Where}; name at least one."); }
        else if (!holds.Contains(false)) { yield return new("where", $"every row has {options.Where}; leave some for the split."); }
    }

    /// <inheritdoc/>
    public override Table Apply(ShiftInput input)
    {
        var all = ((ListedDataset)input.Dataset).All;
        var holds = RowExpression.Parse(options.Where, all.Schema).Holds(all);
        return all.Select([.. Enumerable.Range(0, all.Rows).Where(row => holds[row])]);
    }
}
