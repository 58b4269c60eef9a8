using System.Collections.Immutable;

namespace GrokPipeline.Evaluation.Sweeps;

/// <summary>One option that a sweep varies, and its value for a member.</summary>
/// <param name="Option">The option's path in the pipeline file: <c>params.train_fraction</c>.</param>
/// <param name="Value">Its value as written in the resolved file: <c>0.3</c>.</param>
public readonly record struct SweepSetting(string Option, string Value);

/// <summary>How a member's training ended.</summary>
public enum MemberEnding
{
    /// <summary>All steps of its budget were made.</summary>
    Budget,

    /// <summary>It generalized, stayed there, and made room for the next.</summary>
    Generalized,

    /// <summary>It fell below what it had reached, or its numbers were not finite, and made room for the next.</summary>
    Collapsed,

    /// <summary>It could not be trained to an end; <see cref="SweepMember.Error"/> says why.</summary>
    Failed,
}

/// <summary>One training of a sweep that has ended, as read from its folder.</summary>
public sealed record SweepMember
{
    /// <summary>Its place in the plan, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The first 12 hexadecimal digits of the SHA-256 of its resolved options.</summary>
    public required string Id { get; init; }

    /// <summary>What the sweep varies, without the seed, in the order of the plan.</summary>
    public required ImmutableArray<SweepSetting> Settings { get; init; }

    /// <summary>The seed of this repetition; null when the sweep repeats nothing.</summary>
    public long? Seed { get; init; }

    /// <summary>How it ended.</summary>
    public required MemberEnding Ending { get; init; }

    /// <summary>The problem that ended it; null unless it failed.</summary>
    public string? Error { get; init; }

    /// <summary>Steps that it was allowed.</summary>
    public required long Budget { get; init; }

    /// <summary>Steps that it made.</summary>
    public required long Steps { get; init; }

    /// <summary>True when a loss, gradient or weight was not finite.</summary>
    public bool Nonfinite { get; init; }

    /// <summary>Accuracies and losses on the splits of memorization and generalization; empty when it failed before the first evaluation.</summary>
    public required ImmutableArray<CurvePoint> Curve { get; init; }

    /// <summary>How far its train split is from its split of generalization; null when that is not known.</summary>
    public MemberShift? Shift { get; init; }

    /// <summary>The definitions of the experiment, which the verdict rests on.</summary>
    public required GrokkingOptions Definitions { get; init; }
}
