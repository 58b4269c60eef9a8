using System.Collections.Immutable;
using GrokPipeline.Stages.Configuration;
using GrokPipeline.Stages.Options;

namespace GrokPipeline.Stages.Sweeps;

/// <summary>One sweep of a pipeline file. Its members are resolved when it is planned, not when the file is read.</summary>
public sealed class Sweep
{
    internal Sweep(
        string name, SweepOptions options, ImmutableArray<SweepValue> fixedValues, ImmutableArray<SweepAxis> axes, Place place,
        YamlMap root)
    {
        Name = name;
        Options = options;
        Fixed = fixedValues;
        Axes = axes;
        Place = place;
        Root = root;
    }

    /// <summary>Its name and the name of its folder.</summary>
    public string Name { get; }

    /// <summary>What people call it.</summary>
    public string Title => Options.Title.Length > 0 ? Options.Title : Name;

    /// <summary>All its options but <c>set</c> and <c>over</c>.</summary>
    public SweepOptions Options { get; }

    /// <summary>What is the same for all its members, and other than in the experiment.</summary>
    internal ImmutableArray<SweepValue> Fixed { get; }

    /// <summary>What it varies, in the order of the file.</summary>
    internal ImmutableArray<SweepAxis> Axes { get; }

    /// <summary>Where it stands.</summary>
    internal Place Place { get; }

    /// <summary>The document, with the overrides of the command line: what a member's settings are applied to.</summary>
    internal YamlMap Root { get; }
}

/// <summary>One option that a sweep varies: by listed values, or in a range.</summary>
/// <param name="Option">The option's path, as for <c>--set</c>.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Values">The values; those of a range are worked out. Empty for a range without a count.</param>
/// <param name="Range">The range; null for a list.</param>
internal sealed record SweepAxis(string Option, Place Place, ImmutableArray<YamlNode> Values, RangeOptions? Range)
{
    /// <summary>True when the option takes whole numbers only.</summary>
    public bool Whole { get; init; }
}

/// <summary>One option with its value.</summary>
/// <param name="Option">The option's path.</param>
/// <param name="Value">The value.</param>
/// <param name="Place">Where the path stands, for messages about it.</param>
internal readonly record struct SweepValue(string Option, YamlNode Value, Place Place);
