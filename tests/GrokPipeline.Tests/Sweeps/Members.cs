using System.Collections.Immutable;
using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Sweeps;

namespace GrokPipeline.Tests.Sweeps;

/// <summary>Members of made-up sweeps, with curves that are 0.1 before a step and 1 from it on.</summary>
internal static class Members
{
    /// <summary>Steps between evaluations.</summary>
    public const long Every = 20;

    /// <summary>A member that memorizes and generalizes at given steps, or never, and is trained to its budget.</summary>
    public static SweepMember Of(
        int index, long? memorized, long? generalized, long budget = 4000, params ImmutableArray<SweepSetting> settings) =>
        new()
        {
            Index = index,
            Id = $"{index:x12}",
            Settings = settings,
            Seed = index,
            Ending = MemberEnding.Budget,
            Budget = budget,
            Steps = budget,
            Curve = Curve(budget, step => step >= memorized ? 1 : 0.1, step => step >= generalized ? 1 : 0.1),
            Definitions = new GrokkingOptions(),
        };

    /// <summary>A member that could not be trained.</summary>
    public static SweepMember Failed(int index, params ImmutableArray<SweepSetting> settings) =>
        Of(index, null, null, 4000, settings) with { Ending = MemberEnding.Failed, Error = "disk full", Steps = 0, Curve = [] };

    /// <summary>Accuracies at every evaluation up to a step.</summary>
    public static ImmutableArray<CurvePoint> Curve(long last, Func<long, double> train, Func<long, double> validation) =>
        [.. Enumerable.Range(0, (int)(last / Every) + 1).Select(i => new CurvePoint(Every * i, train(Every * i), validation(Every * i)))];
}
