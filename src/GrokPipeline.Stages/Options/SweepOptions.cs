using GrokPipeline.Stages.Configuration;

namespace GrokPipeline.Stages.Options;

/// <summary>
/// One entry of <c>sweeps</c>: an experiment trained many times with some options changed. What is varied stands under <c>over</c>: a path
/// as for <c>--set</c>, and a list of values or a range. What is changed for all members stands under <c>set</c>.
/// </summary>
public sealed record SweepOptions : IOptions
{
    /// <summary>Most members that any sweep may have.</summary>
    public const int MostMembers = 10_000;

    /// <summary>The experiment by name.</summary>
    public string Experiment { get; init; } = "";

    /// <summary>What people call it; the name when empty.</summary>
    public string Title { get; init; } = "";

    /// <summary>An option that repeats each setting, usually the seed. Default: each setting is trained once.</summary>
    public RepeatOptions? Seeds { get; init; }

    /// <summary>Which settings are trained: grid, the default, random or list.</summary>
    public Choice<SweepMethod> Method { get; init; } = new("grid", new GridOptions());

    /// <summary>More members than this are refused; from 1 to 10000. Default 1000.</summary>
    public int MaxMembers { get; init; } = 1000;

    /// <summary>When a member ends before its last step.</summary>
    public RetireOptions Retire { get; init; } = new();

    /// <summary>What failed members lead to.</summary>
    public MemberFailureOptions OnFailure { get; init; } = new();

    /// <summary>Which state of a member is kept besides its curves. Default none.</summary>
    public MemberCheckpoints Checkpoints { get; init; } = MemberCheckpoints.None;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Experiment.Length == 0) { yield return new("experiment", "is missing: name one of the experiments."); }
        if (MaxMembers is < 1 or > MostMembers)
        {
            yield return new("max_members", $"max_members is {MaxMembers}; give a number from 1 to {MostMembers}.");
        }
    }
}

/// <summary>How often each setting is trained, and what differs between the repetitions.</summary>
public sealed record RepeatOptions : IOptions
{
    /// <summary>The option that takes the numbers, as for <c>--set</c>. Default params.seed.</summary>
    public string Option { get; init; } = "params.seed";

    /// <summary>The first number, at least 0. Default 0.</summary>
    public long From { get; init; }

    /// <summary>How many numbers, at least 1. Default 1.</summary>
    public int Count { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (From < 0) { yield return new("from", $"from is {From}; give a number from 0 on."); }
        if (Count is < 1 or > SweepOptions.MostMembers)
        {
            yield return new("count", $"count is {Count}; give a number from 1 to {SweepOptions.MostMembers}.");
        }
    }
}

/// <summary>Values between two ends. Those in between are rounded to six significant digits, so that they read well.</summary>
public sealed record RangeOptions : IOptions
{
    /// <summary>The first value.</summary>
    public double? From { get; init; }

    /// <summary>The last value.</summary>
    public double? To { get; init; }

    /// <summary>How many values, at least 2; random draws do not need it.</summary>
    public int? Count { get; init; }

    /// <summary>How they are spaced: linear, the default, or log.</summary>
    public RangeScale Scale { get; init; } = RangeScale.Linear;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (From is null) { yield return new("from", "from is missing: give the first value."); }
        if (To is null) { yield return new("to", "to is missing: give the last value."); }
        if (From is { } from && To is { } to && !(from < to))
        {
            yield return new("to", $"to is {to}, which is not above from, {from}.");
        }
        if (Count is < 2 or > SweepOptions.MostMembers)
        {
            yield return new("count", $"count is {Count}; give a number from 2 to {SweepOptions.MostMembers}.");
        }
        if (Scale == RangeScale.Log && From is <= 0) { yield return new("from", $"from is {From}; on a log scale give a number above 0."); }
    }
}

/// <summary>How the values of a range are spaced.</summary>
public enum RangeScale
{
    /// <summary>By equal differences.</summary>
    Linear,

    /// <summary>By equal ratios.</summary>
    Log,
}

/// <summary>When a member ends before its last step and frees its thread; counted in evaluations, one after another.</summary>
public sealed record RetireOptions : IOptions
{
    /// <summary>
    /// After generalization was sustained as <c>grokking</c> asks, so many more evaluations at or above its accuracy. 0: never for this
    /// reason. Default 10.
    /// </summary>
    public int GeneralizedFor { get; init; } = 10;

    /// <summary>
    /// So many evaluations over <c>loss_margin</c> below an accuracy that had been reached. 0: never for this reason. Default 10.
    /// </summary>
    public int CollapsedFor { get; init; } = 10;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var (name, count) in ((string, int)[])[("generalized_for", GeneralizedFor), ("collapsed_for", CollapsedFor)])
        {
            if (count is < 0 or > 1_000_000) { yield return new(name, $"{name} is {count}; give a number from 0 to 1000000."); }
        }
    }
}

/// <summary>What failed members lead to.</summary>
public sealed record MemberFailureOptions : IOptions
{
    /// <summary>After so many failures no further member begins; 0, the default: all are tried.</summary>
    public int StopAfter { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (StopAfter < 0) { yield return new("stop_after", $"stop_after is {StopAfter}; give a number from 0 on."); }
    }
}

/// <summary>Which state of a member is kept besides its curves.</summary>
public enum MemberCheckpoints
{
    /// <summary>None.</summary>
    None,

    /// <summary>The last one, with the optimizer's state.</summary>
    Final,
}
