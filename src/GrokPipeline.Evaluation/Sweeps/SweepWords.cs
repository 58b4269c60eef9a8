namespace GrokPipeline.Evaluation.Sweeps;

/// <summary>How phases and endings are called in tables and reports.</summary>
public static class SweepWords
{
    /// <summary>A phase in words: <c>memorized only</c>.</summary>
    public static string Of(GrokkingOutcome phase) => phase switch
    {
        GrokkingOutcome.Grokked => "grokked",
        GrokkingOutcome.Comprehension => "comprehension",
        GrokkingOutcome.MemorizedOnly => "memorized only",
        GrokkingOutcome.Confusion => "confusion",
        _ => "collapsed",
    };

    /// <summary>An ending in a word: <c>budget</c>.</summary>
    public static string Of(MemberEnding ending) => ending switch
    {
        MemberEnding.Budget => "budget",
        MemberEnding.Generalized => "generalized",
        MemberEnding.Collapsed => "collapsed",
        _ => "failed",
    };
}
