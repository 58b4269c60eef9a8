using System.Collections.Immutable;
using GrokPipeline.Evaluation;

namespace GrokPipeline.Reports.Sweeps;

/// <summary>
/// How phases are drawn: a colour of Okabe and Ito's palette (grey for confusion), which colour-blind readers can tell apart, and a letter.
/// </summary>
internal static class PhaseStyle
{
    /// <summary>The phases in the order of legends and tables.</summary>
    public static ImmutableArray<GrokkingOutcome> All { get; } =
    [
        GrokkingOutcome.Grokked, GrokkingOutcome.Comprehension, GrokkingOutcome.MemorizedOnly, GrokkingOutcome.Confusion,
        GrokkingOutcome.Collapsed,
    ];

    /// <summary>The letter; those of Liu et al. (2022) where they have one.</summary>
    public static string Letter(GrokkingOutcome phase) => phase switch
    {
        GrokkingOutcome.Grokked => "G",
        GrokkingOutcome.Comprehension => "C",
        GrokkingOutcome.MemorizedOnly => "M",
        GrokkingOutcome.Confusion => "X",
        _ => "L",
    };

    /// <summary>The class of the colour in a drawing.</summary>
    public static string Fill(GrokkingOutcome phase) => "p" + Letter(phase).ToLowerInvariant();

    /// <summary>The phase as the name of a region.</summary>
    public static string Name(GrokkingOutcome phase) => phase switch
    {
        GrokkingOutcome.Grokked => "grokking",
        GrokkingOutcome.Comprehension => "comprehension",
        GrokkingOutcome.MemorizedOnly => "memorization",
        GrokkingOutcome.Confusion => "confusion",
        _ => "collapsed (lost)",
    };
}
