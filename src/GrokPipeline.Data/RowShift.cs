using GrokPipeline.Data.ShiftKinds;
using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>
/// A shift of rows that are there: those of a split, or in a list of steps those of the step before. Only such a shift may be a later step,
/// or stand in <c>train_shift</c>.
/// </summary>
public abstract class RowShift : Shift
{
    /// <summary>The split whose rows it works on as the first step.</summary>
    public abstract string Of { get; }

    /// <summary>What is done, to be read on after "rows of train": it begins with a blank or a comma.</summary>
    public abstract string Action { get; }

    /// <inheritdoc/>
    public sealed override string Description => $"rows of {Of}{Action}";

    /// <inheritdoc/>
    public sealed override bool TakesRowsBeforeSplit => false;

    /// <inheritdoc/>
    public sealed override IEnumerable<OptionProblem> Problems(Dataset dataset, SplitSpec split) =>
        StepProblems(dataset, split).Concat(Problem.OfPart("of", Of, split));

    /// <summary>What is wrong with it as a later step, where <see cref="Of"/> has no part in it.</summary>
    public abstract IEnumerable<OptionProblem> StepProblems(Dataset dataset, SplitSpec split);

    /// <inheritdoc/>
    public sealed override Table Apply(ShiftInput input) => Change(input.Rows ?? input.Splits[Of], input);

    /// <summary>The rows as they become. With a strength of 0, the same rows.</summary>
    /// <exception cref="GrokException">There is not one row, or an expression has no value for a row.</exception>
    protected abstract Table Change(Table rows, ShiftInput input);
}
