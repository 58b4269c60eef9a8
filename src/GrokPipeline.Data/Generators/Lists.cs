using System.Collections.Immutable;

namespace GrokPipeline.Data.Generators;

/// <summary>What is done with a list.</summary>
public enum ListOperation
{
    /// <summary>Its elements in ascending order.</summary>
    Sort,

    /// <summary>From the last to the first.</summary>
    Reverse,

    /// <summary>As it is.</summary>
    Copy,

    /// <summary>Its largest element, an answer of one token.</summary>
    Max,

    /// <summary>Each value once, where it stands first.</summary>
    Dedupe,

    /// <summary>Beginning with element <see cref="ListsOptions.By"/>, and those before it at the end.</summary>
    Rotate,

    /// <summary>The sums of the first elements, modulo the number of values.</summary>
    CumulativeSum,
}

/// <summary>Options of <see cref="Lists"/>.</summary>
public sealed record ListsOptions : IOptions
{
    internal const int MostElements = 16;

    /// <summary>What is done. Default sort.</summary>
    public ListOperation Op { get; init; } = ListOperation.Sort;

    /// <summary>How many values an element takes, v: it is 0 to v − 1. From 2 to 200; default 8.</summary>
    public int Values { get; init; } = 8;

    /// <summary>Elements of a list, of the longest one with <see cref="LeastLength"/>. From 1 to 16; default 3.</summary>
    public int Length { get; init; } = 3;

    /// <summary>Elements of the shortest list. Default 0: all lists have <see cref="Length"/> elements.</summary>
    public int LeastLength { get; init; }

    /// <summary>By how many places <c>rotate</c> turns to the left, at least 0. Default 1.</summary>
    public int By { get; init; } = 1;

    /// <summary>
    /// Columns of a list, and so positions of a model: room for the longer lists of a shift. Default 0: as many as <see cref="Length"/>.
    /// </summary>
    public int Capacity { get; init; }

    /// <summary>How many lists are drawn, none twice. Default 0: all there are, at most 200,000.</summary>
    public int Rows { get; init; }

    internal SequenceShape Shape
    {
        get
        {
            var capacity = Capacity == 0 ? Length : Capacity;
            return new(
                ["x"], Values, LeastLength == 0 ? Length : LeastLength, Length, capacity, Op == ListOperation.Max ? 1 : capacity, Rows);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Values is < 2 or > 200) { yield return new("values", $"values is {Values}; give a number from 2 to 200, for instance 8."); }
        if (By < 0) { yield return new("by", $"by is {By}; give 0 or more places, for instance 1."); }
        foreach (var problem in Shape.Problems("length", MostElements)) { yield return problem; }
    }
}

/// <summary>
/// Operations on lists, whose answers are lists: what openai/grok (Power et al. 2022) announces and cannot run. A decoder reads
/// <c>x0 x1 x2 =</c> and gives <c>y0 y1 y2</c>.
/// </summary>
public sealed class Lists : SequenceDataset
{
    private readonly ListsOptions _options;

    /// <summary>Makes the table.</summary>
    /// <param name="options">Without problems.</param>
    public Lists(ListsOptions options)
        : base(options.Shape) => _options = options;

    /// <inheritdoc/>
    public override ImmutableArray<string> Notes =>
    [
        SharesAreRounded, .. _options.Rows == 0 ? (string[])[] : [RowsAreDrawn], EndsCount,
        "OUR CHOICE: values, lengths and operations; openai/grok announces lists and cannot make them.",
        .. _options.Op == ListOperation.CumulativeSum ? (string[])["OUR CHOICE: sums are modulo the number of values."] : [],
    ];

    /// <inheritdoc/>
    internal override bool GrowsAtFront => false;

    /// <inheritdoc/>
    private protected override string StreamName => "lists";

    /// <inheritdoc/>
    private protected override string Operation
    {
        get
        {
            var length = Shape.LeastLength == Shape.Length ? $"{Shape.Length}" : $"{Shape.LeastLength} to {Shape.Length}";
            return $"{Name(_options)} of {length} elements of {Shape.Values} values";
        }
    }

    /// <inheritdoc/>
    internal override long[] AnswerOf(long[][] parts)
    {
        var list = parts[0];
        var turn = _options.By % list.Length;
        return _options.Op switch
        {
            ListOperation.Sort => [.. list.Order()],
            ListOperation.Reverse => [.. list.AsEnumerable().Reverse()],
            ListOperation.Copy => list,
            ListOperation.Max => [list.Max()],
            ListOperation.Dedupe => [.. list.Distinct()],
            ListOperation.Rotate => [.. list[turn..], .. list[..turn]],
            ListOperation.CumulativeSum => Sums(list),
            _ => throw new InvalidOperationException($"{_options.Op} is no operation."),
        };
    }

    private static string Name(ListsOptions options) => options.Op switch
    {
        ListOperation.Rotate => $"rotate by {options.By}",
        ListOperation.CumulativeSum => "cumulative sum",
        _ => options.Op.ToString().ToLowerInvariant(),
    };

    private long[] Sums(long[] list)
    {
        var sums = new long[list.Length];
        var sum = 0L;
        for (var i = 0; i < list.Length; i++) { sums[i] = sum = (sum + list[i]) % Shape.Values; }
        return sums;
    }
}
