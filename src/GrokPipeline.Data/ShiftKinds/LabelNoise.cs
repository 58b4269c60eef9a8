using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Options of <see cref="LabelNoise"/>.</summary>
public sealed record LabelNoiseOptions : IOptions
{
    /// <summary>The split whose labels are changed. Default <c>validation</c>.</summary>
    public string Of { get; init; } = "validation";

    /// <summary>Share of rows that get another label, in [0, 1]; 0 changes none. Default 0.1.</summary>
    public double Rate { get; init; } = 0.1;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!(Rate is >= 0 and <= 1)) { yield return new("rate", $"rate is {Rate}; give a number from 0 to 1."); }
    }
}

/// <summary>
/// A copy of a split in which round(rate × rows) rows, chosen at random, have one of the other labels, each equally likely. Column
/// <c>noisy</c> says which, <c>clean</c> holds the label as it was. OUR CHOICE: never the label itself, so that the rate is met exactly;
/// with labels drawn from all C classes, as some do, rate · (1 − 1/C) would really change.
/// </summary>
public sealed class LabelNoise(LabelNoiseOptions options) : RowShift
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Concept;

    /// <inheritdoc/>
    public override string Of => options.Of;

    /// <inheritdoc/>
    public override string Action => $", a share of {options.Rate} with one of the other labels";

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> StepProblems(Dataset dataset, SplitSpec split) => dataset.Facts switch
    {
        { IsReal: true } =>
            [new("kind", "label_noise changes classes; this dataset has real targets, whose generator may have an option for noise.")],
        { AnswerLength: > 1 and var length } =>
            [new("kind", $"label_noise changes answers of one token; those of this dataset have {length}.")],
        _ => [],
    };

    /// <inheritdoc/>
    protected override Table Change(Table rows, ShiftInput input)
    {
        var facts = input.Dataset.Facts;
        var (labels, order) = (rows.Int64(facts.Target).ToArray(), Enumerable.Range(0, rows.Rows).ToArray());
        input.Seed.Derive("rows").Stream().Shuffle(order.AsSpan());
        var count = (int)Math.Round((decimal)options.Rate * labels.Length, MidpointRounding.AwayFromZero);
        foreach (var row in order.AsSpan(0, count))
        {
            // One draw per row by its own name: a higher rate keeps the labels that a lower one gave.
            var other = input.Seed.Derive($"label/{row}").Stream().NextBelow(facts.Classes - 1);
            labels[row] = other < labels[row] ? other : other + 1;
        }
        return Relabelled.Of(rows, facts, labels);
    }
}
