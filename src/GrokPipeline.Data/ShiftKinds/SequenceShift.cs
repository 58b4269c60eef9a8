using GrokPipeline.Data.Generators;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>
/// Rows with their lists changed, each with its own true answer. Column <c>row</c> says which row it was. A row's draws follow from its
/// number, so that a larger share changes the same rows and more.
/// </summary>
/// <param name="kind">The kind's name, for messages.</param>
/// <param name="of">The split.</param>
/// <param name="share">Which share of its rows is changed, in [0, 1].</param>
public abstract class SequenceShift(string kind, string of, double share) : RowShift
{
    /// <inheritdoc/>
    public sealed override string Of => of;

    /// <inheritdoc/>
    public sealed override IEnumerable<OptionProblem> StepProblems(Dataset dataset, SplitSpec split) => dataset is SequenceDataset lists
        ? Problems(lists)
        : [new("kind", $"{kind} needs a dataset of lists of tokens; use it with lists or digit_addition.")];

    /// <inheritdoc/>
    protected sealed override Table Change(Table rows, ShiftInput input)
    {
        if (share == 0 || ChangesNothing) { return rows; }
        var dataset = (SequenceDataset)input.Dataset;                              // checked above
        if (Relabelled.Count(rows, dataset.Facts) is > 0 and var wrong)
        {
            throw new GrokException(
                $"{wrong} of {rows.Rows} rows have wrong labels; {kind} gives every row its own true answer, which would take them back.",
                $"Put {kind} before the step that changes labels, or clean_labels before {kind}.");
        }
        var changed = dataset.RowsOf(rows).Select(row =>
        {
            var stream = input.Seed.Derive($"row/{row.Row}").Stream();
            return stream.NextUniform() < share ? Change(row, dataset, stream) : row;
        });
        var table = dataset.TableOf([.. changed]);
        return rows.Schema.Contains(Relabelled.Clean)
            ? Relabelled.Of(table, dataset.Facts, table.Int64(dataset.Facts.Target).ToArray()) : table;
    }

    /// <summary>True when the options leave every row as it is.</summary>
    private protected abstract bool ChangesNothing { get; }

    /// <summary>What is wrong with the options for a dataset.</summary>
    private protected abstract IEnumerable<OptionProblem> Problems(SequenceDataset dataset);

    /// <summary>A row, changed.</summary>
    private protected abstract SequenceRow Change(SequenceRow row, SequenceDataset dataset, RandomStream stream);

    /// <summary>What is wrong with a share.</summary>
    internal static IEnumerable<OptionProblem> ShareProblems(double share)
    {
        if (share is not (>= 0 and <= 1)) { yield return new("share", $"share is {share}; give a number from 0 (no row) to 1 (all)."); }
    }
}
