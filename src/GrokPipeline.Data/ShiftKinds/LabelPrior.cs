using GrokPipeline.Data.Expressions;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Options of <see cref="LabelPrior"/>.</summary>
public sealed record LabelPriorOptions : IOptions
{
    /// <summary>The split whose rows are drawn from. Default <c>validation</c>.</summary>
    public string Of { get; init; } = "validation";

    /// <summary>A row's weight as an expression over the columns, at least 0: <c>1 / (1 + c)</c>.</summary>
    public string Weight { get; init; } = "";

    /// <summary>How many rows are drawn, with replacement. Default 4000.</summary>
    public int Rows { get; init; } = 4000;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Weight)) { yield return new("weight", "no weight is given; give for instance 1 / (1 + c)."); }
        if (Rows is < 1 or > 10_000_000) { yield return new("rows", $"rows is {Rows}; give 1 to 10000000."); }
    }
}

/// <summary>Rows of a split drawn with replacement by a weight: other shares of labels, the same inputs per label.</summary>
public sealed class LabelPrior(LabelPriorOptions options) : RowShift
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Label;

    /// <inheritdoc/>
    public override string Of => options.Of;

    /// <inheritdoc/>
    public override string Action => $" drawn with replacement, with the weight {options.Weight}";

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> StepProblems(Dataset dataset, SplitSpec split)
    {
        if (dataset is ListedDataset listed
            && Problem.Of(() => Sums(RowExpression.Parse(options.Weight, listed.All.Schema), listed.All), out _) is { } weight)
        {
            yield return new("weight", weight);
        }
    }

    /// <inheritdoc/>
    protected override Table Change(Table rows, ShiftInput input)
    {
        var sums = Sums(RowExpression.Parse(options.Weight, rows.Schema), rows);
        var (stream, drawn) = (input.Seed.Derive("rows").Stream(), new int[options.Rows]);
        for (var i = 0; i < drawn.Length; i++)
        {
            // The first row whose running sum is above the draw; rows of weight 0 are never that.
            var draw = stream.NextUniform() * sums[^1];
            var (low, high) = (0, sums.Length - 1);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (sums[middle] > draw) { high = middle; }
                else { low = middle + 1; }
            }
            drawn[i] = low;
        }
        return rows.Select(drawn);
    }

    // Running sums of the weights, in the order of the rows.
    private double[] Sums(RowExpression weight, Table table)
    {
        var (sums, sum) = (weight.Numbers(table), 0.0);
        for (var row = 0; row < sums.Length; row++)
        {
            if (!(sums[row] >= 0 && double.IsFinite(sums[row])))
            {
                throw new GrokException($"'{options.Weight}' is {sums[row]} for row {row}.", "Weights are finite and at least 0.");
            }
            sums[row] = sum += sums[row];
        }
        return sum > 0 && double.IsFinite(sum)
            ? sums
            : throw new GrokException($"The weights '{options.Weight}' add up to {sum}.", "Give at least one row a weight above 0.");
    }
}
