using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>Options of <see cref="CleanLabels"/>.</summary>
public sealed record CleanLabelsOptions : IOptions
{
    /// <summary>The split whose labels are restored. Default <c>train</c>.</summary>
    public string Of { get; init; } = "train";

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [];
}

/// <summary>Rows with the labels that they had before noise or outliers: does a network give the true answer to a row it learnt wrong?</summary>
public sealed class CleanLabels(CleanLabelsOptions options) : RowShift
{
    /// <inheritdoc/>
    public override ShiftType Type => ShiftType.Concept;

    /// <inheritdoc/>
    public override string Of => options.Of;

    /// <inheritdoc/>
    public override string Action => " with their labels from before any noise";

    /// <inheritdoc/>
    public override IEnumerable<OptionProblem> StepProblems(Dataset dataset, SplitSpec split) =>
        Problem.OfClasses("clean_labels", dataset);

    /// <inheritdoc/>
    protected override Table Change(Table rows, ShiftInput input) => rows.Schema.Contains(Relabelled.Clean)
        ? Relabelled.Of(rows, input.Dataset.Facts, Relabelled.CleanOf(rows, input.Dataset.Facts))
        : rows;
}
