using System.Collections.Immutable;

namespace GrokPipeline.Stages.Options;

/// <summary>Which settings of a sweep are trained.</summary>
public abstract record SweepMethod
{
    private protected SweepMethod()
    {
    }

    /// <summary>The methods that a pipeline file may name.</summary>
    public static Catalogue<SweepMethod> All { get; } = new("method")
    {
        { "grid", (GridOptions _) => new GridMethod() },
        { "random", (RandomOptions options) => new RandomMethod(options) },
        { "list", (ListOptions options) => new ListMethod(options) },
    };
}

/// <summary>Every combination of the values.</summary>
public sealed record GridMethod : SweepMethod;

/// <summary>Draws, each option by itself.</summary>
/// <param name="Options">How many, and the seed.</param>
public sealed record RandomMethod(RandomOptions Options) : SweepMethod;

/// <summary>Settings that are written down.</summary>
/// <param name="Options">Where.</param>
public sealed record ListMethod(ListOptions Options) : SweepMethod;

/// <summary>Options of <c>grid</c>: none.</summary>
public sealed record GridOptions : IOptions
{
    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [];
}

/// <summary>Options of <c>random</c>.</summary>
public sealed record RandomOptions : IOptions
{
    /// <summary>How many settings are drawn, at least 1.</summary>
    public int Count { get; init; }

    /// <summary>Root of the draws. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Count is < 1 or > SweepOptions.MostMembers)
        {
            yield return new("count", $"count is {Count}; give a number from 1 to {SweepOptions.MostMembers}.");
        }
    }
}

/// <summary>Options of <c>list</c>.</summary>
public sealed record ListOptions : IOptions
{
    /// <summary>
    /// A file beside the pipeline file: <c>*.jsonl</c> with one map from option to value in each line, or <c>*.csv</c> with options as
    /// heading.
    /// </summary>
    public string File { get; init; } = "";

    /// <summary>Maps from option to value, in place of a file.</summary>
    public ImmutableArray<ImmutableSortedDictionary<string, string>> Points { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if ((File.Length > 0) == (Points.Length > 0)) { yield return new("", "list takes either file or points; give one of them."); }
    }
}
