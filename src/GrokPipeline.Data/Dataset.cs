using System.Collections.Immutable;
using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>A generator of rows. What it gives is a function of its options, the split and the seed alone.</summary>
public abstract class Dataset
{
    /// <summary>What models and metrics must know.</summary>
    public abstract DatasetFacts Facts { get; }

    /// <summary>Choices that the source leaves open, each beginning with OUR CHOICE, and what else a reader should know.</summary>
    public abstract ImmutableArray<string> Notes { get; }

    /// <summary>
    /// How many subclasses each class has, those of class 0 first, so that class = subclass / this; 0, the default, when there are none
    /// or classes differ in it.
    /// </summary>
    protected int SubclassesPerClass { get; init; }

    /// <summary>Its subclasses as sampling sees them; null when it has none.</summary>
    internal Subclasses? Subclasses => Facts.Groups > 0 ? new(Facts.Groups, SubclassesPerClass) : null;

    /// <summary>
    /// The groups of which train is asked to have no row: those with the rate 0. What a train_shift takes out besides is known when the
    /// rows are made.
    /// </summary>
    /// <param name="split">Without problems.</param>
    public ImmutableArray<int> EmptyGroups(SplitSpec split) =>
        Subclasses is { } subclasses && split.Train is { IsShifted: true } train
            ? [.. subclasses.Rates(train).Index().Where(group => group.Item == 0).Select(group => group.Index)] : [];

    /// <summary>What is wrong with a split for this generator; options are named <c>train</c>, <c>train.rows</c>, ….</summary>
    public abstract IEnumerable<OptionProblem> Problems(SplitSpec split);

    /// <summary>The rows of each part, in the order train, validation, test.</summary>
    /// <param name="split">Without problems.</param>
    /// <param name="heldOut">Says of each listed row whether a shift takes it before the split; empty when none does.</param>
    /// <param name="seed">The dataset's seed.</param>
    public abstract IReadOnlyList<(string Name, Table Rows)> Split(SplitSpec split, ReadOnlySpan<bool> heldOut, Seed seed);
}

/// <summary>A dataset that is a list of all its rows, such as the table of an operation.</summary>
public abstract class ListedDataset : Dataset
{
    /// <summary>The note that every listed dataset has: papers rarely say how a share of rows is rounded.</summary>
    private protected const string SharesAreRounded = "OUR CHOICE: train has round(share × rows) rows, halves away from zero.";

    /// <summary>All rows, in a fixed order; <c>row</c> is the index in this list.</summary>
    public abstract Table All { get; }

    /// <summary>The part that each row belongs to by its source; null, the default, when the source says nothing.</summary>
    public RowParts? Parts { get; protected init; }

    /// <inheritdoc/>
    public sealed override IEnumerable<OptionProblem> Problems(SplitSpec split) => new ListedSplit(this).Problems(split);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<(string Name, Table Rows)> Split(SplitSpec split, ReadOnlySpan<bool> heldOut, Seed seed) =>
        new ListedSplit(this).Draw(split, heldOut, seed);
}
