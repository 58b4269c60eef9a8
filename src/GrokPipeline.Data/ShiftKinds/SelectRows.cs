using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Options of <see cref="SelectRows"/>.</summary>
public sealed record SelectRowsOptions : IOptions
{
    /// <summary>The split whose rows are looked at. Default <c>validation</c>.</summary>
    public string Of { get; init; } = "validation";

    /// <summary>Which rows, as an expression over the columns: <c>c &lt; 10</c>, <c>noisy = 1</c>.</summary>
    public string Where { get; init; } = "";

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Where)) { yield return new("where", "no rows are named; give for instance c < 10."); }
    }
}

/// <summary>The rows that an expression names: a part of a split, scored by itself.</summary>
public sealed class SelectRows(SelectRowsOptions options) : RowShift
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Subpopulation;

    /// <inheritdoc/>
    public override string Of => options.Of;

    /// <inheritdoc/>
    public override string Action => $" with {options.Where}";

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> StepProblems(Dataset dataset, SplitSpec split) =>
        StepExpression.Problems("where", options.Where, dataset);

    /// <inheritdoc/>
    protected override Table Change(Table rows, ShiftInput input)
    {
        var holds = StepExpression.Holds(options.Where, rows);
        return rows.Select([.. Enumerable.Range(0, holds.Length).Where(row => holds[row])]);
    }
}
