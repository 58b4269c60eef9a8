using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>How outliers are chosen.</summary>
public enum OutlierSense
{
    /// <summary>As Power et al. 2022 write: rows of train, each with the answer of another of these rows.</summary>
    Paper,

    /// <summary>
    /// As openai/grok does: the first rows of the whole shuffled list, with answers drawn from all rows; some stay right by luck.
    /// </summary>
    Code,
}

/// <summary>Options of <see cref="Outliers"/>.</summary>
public sealed record OutliersOptions : IOptions
{
    /// <summary>The split that gets outliers. Default <c>train</c>.</summary>
    public string Of { get; init; } = "train";

    /// <summary>How many rows get another row's answer, at least 0; Power et al. 2022 give 0 to 3000. Default 100.</summary>
    public int Rows { get; init; } = 100;

    /// <summary>In the paper's or in the released code's sense. Default paper.</summary>
    public OutlierSense Sense { get; init; } = OutlierSense.Paper;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Rows < 0) { yield return new("rows", $"rows is {Rows}; give at least 0."); }
        if (!Enum.IsDefined(Sense)) { yield return new("sense", "give paper or code."); }
    }
}

/// <summary>
/// Rows with the answer of other rows (Power et al. 2022, figure 6). In the paper's sense the rows are drawn from those that are there, and
/// the answer comes from another one of them (OUR CHOICE: the paper says "other examples"); in the code's sense they are the first of the
/// list that the split was cut from, and answers come from all of it, with replacement. Columns <c>clean</c> and <c>noisy</c> say which
/// labels really changed. More outliers keep those that were there.
/// </summary>
public sealed class Outliers(OutliersOptions options) : RowShift
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Concept;

    /// <inheritdoc/>
    public override string Of => options.Of;

    /// <inheritdoc/>
    public override string Action => options.Sense == OutlierSense.Paper
        ? $", {options.Rows} with the answer of another of them (OUR CHOICE: both drawn at random; the paper does not say how)"
        : $", the first {options.Rows} of the shuffled list with the answer of any row";

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> StepProblems(Dataset dataset, SplitSpec split)
    {
        if (dataset is Generators.SequenceDataset)
        {
            yield return new("kind", "outliers have the answer of another row, which for a list would be its first token; leave it out.");
        }
        foreach (var problem in Problem.OfClasses("outliers", dataset)) { yield return problem; }
        if (options.Sense == OutlierSense.Code && dataset is not ListedDataset)
        {
            yield return new("sense", "these rows are drawn, not listed, so that there is no shuffled list; use sense: paper.");
        }
    }

    /// <inheritdoc/>
    protected override Table Change(Table rows, ShiftInput input)
    {
        if (options.Rows > rows.Rows)
        {
            throw new GrokException($"{options.Rows} outliers are asked for; there are {rows.Rows} rows.", $"Give at most {rows.Rows}.");
        }
        var labels = options.Sense == OutlierSense.Paper ? OfPaper(rows, input) : OfCode(rows, input);
        return Relabelled.Of(rows, input.Dataset.Facts, labels);
    }

    private long[] OfPaper(Table rows, ShiftInput input)
    {
        var own = rows.Int64(input.Dataset.Facts.Target).ToArray();
        var (labels, order) = ((long[])own.Clone(), Enumerable.Range(0, own.Length).ToArray());
        if (own.Length < 2) { return labels; }                                 // there is no other row
        input.Seed.Derive("rows").Stream().Shuffle(order.AsSpan());
        foreach (var row in order.AsSpan(0, options.Rows))
        {
            var other = input.Seed.Derive($"answer/{row}").Stream().NextBelow(own.Length - 1);
            labels[row] = own[other < row ? other : other + 1];
        }
        return labels;
    }

    private long[] OfCode(Table rows, ShiftInput input)
    {
        var (listed, target) = ((ListedDataset)input.Dataset, input.Dataset.Facts.Target);       // checked above
        var order = new ListedSplit(listed).Order(input.Split, input.HeldOut.Span, input.DatasetSeed);
        var at = new Dictionary<long, int>();
        for (var row = 0; row < rows.Rows; row++) { at[rows.Int64("row")[row]] = row; }
        var (labels, stream) = (rows.Int64(target).ToArray(), input.Seed.Derive("answers").Stream());
        for (var i = 0; i < options.Rows; i++)
        {
            var answer = listed.All.Int64(target)[order[stream.NextBelow(order.Length)]];
            if (!at.TryGetValue(order[i], out var row))
            {
                throw new GrokException(
                    $"Row {i + 1} of the shuffled list is not among the rows of {options.Of}.",
                    $"In the code's sense outliers are the first rows of the list, which are train's: give at most {i}, or sense: paper.");
            }
            labels[row] = answer;
        }
        return labels;
    }
}
