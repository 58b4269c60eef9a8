using GrokPipeline.Data.Generators;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>How a row is written otherwise.</summary>
public enum FormatChange
{
    /// <summary>Every list begins some positions later; end tokens stand before it. The answer is the same.</summary>
    Offset,

    /// <summary>The two operands change places. The answer is the same.</summary>
    Swapped,

    /// <summary>Operands and answer are written from their last digit to their first.</summary>
    Reversed,
}

/// <summary>Options of <see cref="SequenceFormat"/>.</summary>
public sealed record SequenceFormatOptions : IOptions
{
    /// <summary>The split whose rows are changed. Default <c>validation</c>.</summary>
    public string Of { get; init; } = "validation";

    /// <summary>What is changed. Default offset.</summary>
    public FormatChange Change { get; init; }

    /// <summary>
    /// How many positions later with <c>offset</c>; 0 changes nothing. The dataset's <c>capacity</c> must hold them. Default 1.
    /// </summary>
    public int By { get; init; } = 1;

    /// <summary>Which share of the rows is changed, from 0, which changes nothing, to 1, the default.</summary>
    public double Share { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (By is < 0 or > 15) { yield return new("by", $"by is {By}; give 0 to 15, for instance 1."); }
        foreach (var problem in SequenceShift.ShareProblems(Share)) { yield return problem; }
    }
}

/// <summary>The rows of a split, written otherwise.</summary>
public sealed class SequenceFormat(SequenceFormatOptions options) : SequenceShift("sequence_format", options.Of, options.Share)
{
    /// <inheritdoc/>
    // Digits that are written backwards have another answer than the same digits had.
    public override ShiftType Type => options.Change == FormatChange.Reversed ? ShiftType.Concept : ShiftType.Covariate;

    /// <inheritdoc/>
    public override string Action => FormattableString.Invariant($", a share of {options.Share:0.###} ")
        + options.Change switch
        {
            FormatChange.Offset => $"that begins {options.By} positions later",
            FormatChange.Swapped => "with its operands swapped",
            _ => "written from the last digit to the first",
        };

    /// <inheritdoc/>
    private protected override bool ChangesNothing => options is { Change: FormatChange.Offset, By: 0 };

    /// <inheritdoc/>
    private protected override IEnumerable<OptionProblem> Problems(SequenceDataset dataset)
    {
        var (longest, capacity) = (dataset.Shape.Length, dataset.Shape.Capacity);
        if (options.Change == FormatChange.Offset && longest + options.By > capacity)
        {
            yield return new("by",
                $"by is {options.By}: lists of {longest} elements would end at position {longest + options.By}, and a model has "
                + $"{capacity}. " + (capacity > longest ? $"Give at most {capacity - longest}, or raise with.capacity." : "Raise with.capacity."));
        }
        if (options.Change == FormatChange.Swapped && dataset.Shape.Parts.Length < 2)
        {
            yield return new("change", "swapped changes two operands; lists have one. Give offset.");
        }
        if (options.Change == FormatChange.Reversed && dataset is not DigitAddition)
        {
            yield return new("change", "reversed writes numbers backwards; a list written backwards is another list. Give offset.");
        }
    }

    /// <inheritdoc/>
    private protected override SequenceRow Change(SequenceRow row, SequenceDataset dataset, RandomStream stream) => options.Change switch
    {
        FormatChange.Offset => row with { Offset = row.Offset + options.By },
        FormatChange.Swapped => row with { Parts = [.. row.Parts.AsEnumerable().Reverse()] },
        _ => row with { IsReversed = !row.IsReversed },
    };
}
