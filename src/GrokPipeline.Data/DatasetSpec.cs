using System.Collections.Immutable;

namespace GrokPipeline.Data;

/// <summary>One entry of <c>datasets</c> in a pipeline file: a generator, its options, a seed, a split, and shifts.</summary>
public sealed record DatasetSpec : IOptions
{
    /// <summary>The generator's name in <see cref="Datasets.All"/>.</summary>
    public required string Use { get; init; }

    /// <summary>Its options, of the type that the catalogue names.</summary>
    public required IOptions With { get; init; }

    /// <summary>The form of its answers; null, the default, for the generator's own.</summary>
    public AnswerSpec? Answer { get; init; }

    /// <summary>Root of all draws of this dataset. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Which rows go where.</summary>
    public SplitSpec Split { get; init; } = new();

    /// <summary>What is done to the rows of train after the split, step by step; the other parts stay as they are.</summary>
    public ImmutableArray<ShiftStep> TrainShift { get; init; } = [];

    /// <summary>Further distributions to evaluate on, in the order of the file.</summary>
    public ImmutableArray<ShiftSpec> Shifts { get; init; } = [];

    /// <summary>
    /// All problems. An option is named by its path inside the entry: <c>use</c>, <c>with.modulus</c>, <c>split.train</c>,
    /// <c>shifts.band.where</c>, <c>shifts.band[1].rate</c> in a list of steps, <c>train_shift[0].rate</c>.
    /// </summary>
    public IEnumerable<OptionProblem> Problems() => DatasetCheck.Problems(this);
}

/// <summary>One entry of <c>shifts</c>: a name, a kind, and the kind's options; further steps where several are done.</summary>
/// <param name="Name">The name under which the distribution is evaluated.</param>
/// <param name="Kind">The kind's name in <see cref="Data.Shifts.All"/>.</param>
/// <param name="Options">Its options, of the type that the catalogue names.</param>
public sealed record ShiftSpec(string Name, string Kind, IOptions Options)
{
    /// <summary>Steps after the first, each on the rows that the one before left.</summary>
    public ImmutableArray<ShiftStep> Then { get; init; } = [];
}

/// <summary>One step on rows that are there.</summary>
/// <param name="Kind">The kind's name in <see cref="Data.Shifts.All"/>, of a <see cref="RowShift"/>.</param>
/// <param name="Options">Its options, of the type that the catalogue names.</param>
public sealed record ShiftStep(string Kind, IOptions Options);
