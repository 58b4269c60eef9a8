using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Options of <see cref="ThinOut"/>.</summary>
public sealed record ThinOutOptions : IOptions
{
    /// <summary>The split whose rows are thinned out. Default <c>validation</c>.</summary>
    public string Of { get; init; } = "validation";

    /// <summary>Which rows, as an expression over the columns: <c>c &lt; 10</c>, <c>subclass = 3</c>.</summary>
    public string Where { get; init; } = "";

    /// <summary>Share of these rows that is left out, in [0, 1]; 0 leaves all in, 1 leaves them missing. Default 0.8.</summary>
    public double Rate { get; init; } = 0.8;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Where)) { yield return new("where", "no rows are named; give for instance c < 10."); }
        if (!(Rate is >= 0 and <= 1)) { yield return new("rate", $"rate is {Rate}; give a number from 0 (none is left out) to 1 (all)."); }
    }
}

/// <summary>
/// Rows of which some are made rare: round(rate × their number) of those that an expression names are left out, chosen at random; more with
/// a higher rate, never others. For rows of a subclass the shift factor f of Carvalho et al. is 1 − rate.
/// </summary>
public sealed class ThinOut(ThinOutOptions options) : RowShift
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Subpopulation;

    /// <inheritdoc/>
    public override string Of => options.Of;

    /// <inheritdoc/>
    public override string Action => $", a share of {options.Rate} of those with {options.Where} left out";

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> StepProblems(Dataset dataset, SplitSpec split) =>
        StepExpression.Problems("where", options.Where, dataset);

    /// <inheritdoc/>
    protected override Table Change(Table rows, ShiftInput input)
    {
        var holds = StepExpression.Holds(options.Where, rows);
        var named = Enumerable.Range(0, holds.Length).Where(row => holds[row]).ToArray();
        input.Seed.Derive("rows").Stream().Shuffle(named.AsSpan());
        var count = (int)Math.Round((decimal)options.Rate * named.Length, MidpointRounding.AwayFromZero);
        var left = named[..count].ToHashSet();
        return left.Count < rows.Rows
            ? rows.Select([.. Enumerable.Range(0, rows.Rows).Where(row => !left.Contains(row))])
            : throw new GrokException($"Every row has {options.Where}, and all are left out.", "Give a lower rate.");
    }
}
