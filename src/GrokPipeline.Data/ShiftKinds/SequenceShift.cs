using GrokPipeline.Data.Generators;
using GrokPipeline.Tables;

namespace GrokPipeline.Data.ShiftKinds;

/// <summary>
/// The rows of a split with their lists changed, each with its own true answer. Column <c>row</c> says which row it was. A row's draws
/// follow from its number, so that a larger share changes the same rows and more.
/// </summary>
/// <param name="kind">The kind's name, for messages.</param>
/// <param name="of">The split.</param>
/// <param name="share">Which share of its rows is changed, in [0, 1].</param>
public abstract class SequenceShift(string kind, string of, double share) : Shift
{
    /// <inheritdoc/>
    public sealed override bool TakesRowsBeforeSplit => false;

    /// <inheritdoc/>
    public sealed override IEnumerable<OptionProblem> Problems(Dataset dataset, SplitSpec split)
    {
        if (dataset is not SequenceDataset lists)
        {
            yield return new("kind", $"{kind} needs a dataset of lists of tokens; use it with lists or digit_addition.");
            yield break;
        }
        foreach (var problem in Problem.OfPart("of", of, split)) { yield return problem; }
        foreach (var problem in Problems(lists)) { yield return problem; }
    }

    /// <inheritdoc/>
    public sealed override Table Apply(ShiftInput input)
    {
        var dataset = (SequenceDataset)input.Dataset;
        var rows = dataset.RowsOf(input.Splits[of]).Select(row =>
        {
            var stream = input.Seed.Derive($"row/{row.Row}").Stream();
            return stream.NextUniform() < share ? Change(row, dataset, stream) : row;
        });
        return dataset.TableOf([.. rows]);
    }

    /// <summary>What is wrong with the options for a dataset.</summary>
    private protected abstract IEnumerable<OptionProblem> Problems(SequenceDataset dataset);

    /// <summary>A row, changed.</summary>
    private protected abstract SequenceRow Change(SequenceRow row, SequenceDataset dataset, RandomStream stream);

    /// <summary>What is wrong with a share.</summary>
    internal static IEnumerable<OptionProblem> ShareProblems(double share)
    {
        if (share is not (>= 0 and <= 1)) { yield return new("share", $"share is {share}; give a number from 0 (no row) to 1 (all rows)."); }
    }
}
