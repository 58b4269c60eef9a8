using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>WILDS' kinds of shift: what differs between train and the shifted distribution.</summary>
public enum ShiftType
{
    /// <summary>The inputs' distribution.</summary>
    Covariate,

    /// <summary>The labels' distribution.</summary>
    Label,

    /// <summary>The label given the input.</summary>
    Concept,

    /// <summary>The shares of groups.</summary>
    Subpopulation,
}

/// <summary>Makes a further distribution from a dataset and its splits.</summary>
public abstract class Shift
{
    /// <summary>What differs from train.</summary>
    public abstract ShiftType Type { get; }

    /// <summary>What it is, in one sentence without a full stop at the end.</summary>
    public abstract string Description { get; }

    /// <summary>True when its rows are taken out of the dataset before the split, so that nobody is trained on them.</summary>
    public abstract bool TakesRowsBeforeSplit { get; }

    /// <summary>What is wrong with it for a dataset and the names of its splits; options by their own names.</summary>
    public abstract IEnumerable<OptionProblem> Problems(Dataset dataset, SplitSpec split);

    /// <summary>The rows. A function of the arguments alone.</summary>
    /// <exception cref="GrokException">There is not one row, or an expression has no value for a row.</exception>
    public abstract Table Apply(ShiftInput input);
}

/// <summary>What a shift works on.</summary>
/// <param name="Dataset">The generator.</param>
/// <param name="Split">The split as asked for.</param>
/// <param name="Splits">The rows of each split.</param>
/// <param name="DatasetSeed">The dataset's seed, from which its fixed geometry comes.</param>
/// <param name="Seed">The shift's own seed, derived from its name.</param>
public sealed record ShiftInput(
    Dataset Dataset, SplitSpec Split, IReadOnlyDictionary<string, Table> Splits, Seed DatasetSeed, Seed Seed)
{
    /// <summary>The rows that the step before left; null for a first step, which takes a split's.</summary>
    public Table? Rows { get; init; }

    /// <summary>For each listed row whether a shift took it before the split; empty when none did.</summary>
    public ReadOnlyMemory<bool> HeldOut { get; init; }
}
