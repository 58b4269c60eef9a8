using GrokPipeline.Data.Generators;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>How the elements of a list are ordered.</summary>
public enum ElementOrder
{
    /// <summary>The largest first.</summary>
    Descending,

    /// <summary>The smallest first.</summary>
    Ascending,
}

/// <summary>Options of <see cref="SequenceOrder"/>.</summary>
public sealed record SequenceOrderOptions : IOptions
{
    /// <summary>The split whose rows are changed. Default <c>validation</c>.</summary>
    public string Of { get; init; } = "validation";

    /// <summary>How their elements are ordered. Default descending.</summary>
    public ElementOrder Order { get; init; }

    /// <summary>Which share of the rows is ordered, from 0, which changes nothing, to 1, the default.</summary>
    public double Share { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => SequenceShift.ShareProblems(Share);
}

/// <summary>The rows of a split with the elements of their lists in order.</summary>
public sealed class SequenceOrder(SequenceOrderOptions options) : SequenceShift("sequence_order", options.Of, options.Share)
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Covariate;

    /// <inheritdoc/>
    public override string Action => FormattableString.Invariant($", a share of {options.Share:0.###} with elements ")
        + (options.Order == ElementOrder.Ascending ? "from the smallest to the largest" : "from the largest to the smallest");

    /// <inheritdoc/>
    private protected override bool ChangesNothing => false;

    /// <inheritdoc/>
    private protected override IEnumerable<OptionProblem> Problems(SequenceDataset dataset)
    {
        if (dataset is not Lists) { yield return new("kind", "sequence_order changes lists; the digits of a number have their places."); }
    }

    /// <inheritdoc/>
    private protected override SequenceRow Change(SequenceRow row, SequenceDataset dataset, RandomStream stream) => row with
    {
        Parts = [.. row.Parts.Select(part =>
            (options.Order == ElementOrder.Ascending ? part.Order() : part.OrderDescending()).ToArray())],
    };
}
