namespace GrokPipeline.Evaluation.Sweeps;

/// <summary>How many members are in each phase. Those that failed are counted apart: nothing is known of their phase.</summary>
/// <param name="Grokked">Generalized long after memorization, with a jump.</param>
/// <param name="Comprehension">Generalized without such a delay or jump.</param>
/// <param name="MemorizedOnly">Memorized and never generalized.</param>
/// <param name="Confusion">Never memorized.</param>
/// <param name="Collapsed">Lost what they had reached, or ended with numbers that are not finite.</param>
/// <param name="Failed">No data.</param>
public readonly record struct PhaseCounts(
    int Grokked, int Comprehension, int MemorizedOnly, int Confusion, int Collapsed, int Failed)
{
    // Of equal counts the one that claims less comes first.
    private static readonly GrokkingOutcome[] _leastClaimFirst =
    [
        GrokkingOutcome.Collapsed, GrokkingOutcome.Confusion, GrokkingOutcome.MemorizedOnly, GrokkingOutcome.Comprehension,
        GrokkingOutcome.Grokked,
    ];

    /// <summary>Members with data: the trials of every rate.</summary>
    public int Observed => Grokked + Comprehension + MemorizedOnly + Confusion + Collapsed;

    /// <summary>Members that generalized and stayed there: grokked or comprehension.</summary>
    public int Generalized => Grokked + Comprehension;

    /// <summary>How many members are in a phase.</summary>
    public int this[GrokkingOutcome phase] => phase switch
    {
        GrokkingOutcome.Grokked => Grokked,
        GrokkingOutcome.Comprehension => Comprehension,
        GrokkingOutcome.MemorizedOnly => MemorizedOnly,
        GrokkingOutcome.Confusion => Confusion,
        _ => Collapsed,
    };

    /// <summary>
    /// The phase of most members; of equally many the one that claims less, in the order collapsed, confusion, memorized only,
    /// comprehension, grokked. Null when no member has data.
    /// </summary>
    public GrokkingOutcome? Majority
    {
        get
        {
            if (Observed == 0) { return null; }
            var counts = this;
            return _leastClaimFirst.MaxBy(phase => counts[phase]);
        }
    }

    /// <summary>Counts verdicts.</summary>
    public static PhaseCounts Of(IEnumerable<MemberVerdict> verdicts)
    {
        var counts = verdicts.CountBy(verdict => verdict.Phase is { } phase ? (int)phase : -1).ToDictionary();
        int Count(GrokkingOutcome phase) => counts.GetValueOrDefault((int)phase);
        return new(
            Count(GrokkingOutcome.Grokked), Count(GrokkingOutcome.Comprehension), Count(GrokkingOutcome.MemorizedOnly),
            Count(GrokkingOutcome.Confusion), Count(GrokkingOutcome.Collapsed), counts.GetValueOrDefault(-1));
    }
}
