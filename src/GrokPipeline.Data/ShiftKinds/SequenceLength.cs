using GrokPipeline.Data.Generators;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Options of <see cref="SequenceLength"/>.</summary>
public sealed record SequenceLengthOptions : IOptions
{
    /// <summary>The split whose rows are changed. Default <c>validation</c>.</summary>
    public string Of { get; init; } = "validation";

    /// <summary>
    /// By how many elements lists get longer, below 0 shorter; 0 changes nothing. The dataset's <c>capacity</c> must hold them. Default 1.
    /// </summary>
    public int By { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (By is < -15 or > 15) { yield return new("by", $"by is {By}; give -15 to 15, for instance 1."); }
    }
}

/// <summary>
/// The rows of a split with longer or shorter lists: elements are drawn and put at the end, or taken away there; of numbers at the most
/// significant digit.
/// </summary>
public sealed class SequenceLength(SequenceLengthOptions options) : SequenceShift("sequence_length", options.Of, 1)
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Covariate;

    /// <inheritdoc/>
    public override string Action =>
        $" with {Math.Abs(options.By)} {(options.By < 0 ? "fewer" : "more")} elements in each list";

    /// <inheritdoc/>
    private protected override bool ChangesNothing => options.By == 0;

    /// <inheritdoc/>
    private protected override IEnumerable<OptionProblem> Problems(SequenceDataset dataset)
    {
        var (least, longest, capacity) = (dataset.Shape.LeastLength, dataset.Shape.Length, dataset.Shape.Capacity);
        if (longest + options.By > capacity)
        {
            yield return new("by",
                $"by is {options.By}: lists would have {longest + options.By} elements, and a model has positions for {capacity}. "
                + (capacity > longest ? $"Give at most {capacity - longest}, or raise with.capacity." : "Raise with.capacity."));
        }
        if (least + options.By < 1)
        {
            yield return new("by", $"by is {options.By}: the shortest list has {least} elements. Give at least {1 - least}.");
        }
    }

    /// <inheritdoc/>
    private protected override SequenceRow Change(SequenceRow row, SequenceDataset dataset, RandomStream stream) =>
        row with { Parts = [.. row.Parts.Select(part => Resized(part, dataset, stream))] };

    private long[] Resized(long[] part, SequenceDataset dataset, RandomStream stream)
    {
        if (options.By <= 0) { return dataset.GrowsAtFront ? part[-options.By..] : part[..^-options.By]; }
        var drawn = new long[options.By];
        for (var i = 0; i < drawn.Length; i++) { drawn[i] = stream.NextBelow(dataset.Shape.Values); }
        return dataset.GrowsAtFront ? [.. drawn, .. part] : [.. part, .. drawn];
    }
}
