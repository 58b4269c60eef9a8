using System.Collections.Immutable;
using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Sweeps;
using GrokPipeline.Reports.Sweeps;

namespace GrokPipeline.Tests.Reports;

/// <summary>Made-up sweeps with the shape of real ones: grokking is a band between comprehension and memorization.</summary>
internal static class SampleSweep
{
    /// <summary>Five train fractions, four decays, three seeds; every phase occurs, and two members failed.</summary>
    public static SweepContent Grid(Func<string, string>? text = null) =>
        Content("fraction_by_decay", ["0.2", "0.25", "0.3", "0.4", "0.5"], ["0.1", "0.3", "1.0", "3.0"], 3, text ?? (s => s));

    /// <summary>Eleven learning rates, eleven decays, one seed, as in Liu et al. (2022).</summary>
    public static SweepContent Map() => Content(
        "rates",
        [.. Enumerable.Range(0, 11).Select(i => Math.Pow(10, -5 + (0.3 * i)).ToString("0.0e+0", null))],
        [.. Enumerable.Range(0, 11).Select(i => $"{i}")], 1, s => s);

    /// <summary>A sweep over the first option of <see cref="Grid"/> alone.</summary>
    public static SweepContent Line() => Content("fraction", ["0.2", "0.25", "0.3", "0.4", "0.5"], ["1.0"], 5, s => s);

    /// <summary>A sweep of these members.</summary>
    public static SweepContent Of(params ImmutableArray<SweepMember> members) => new()
    {
        Name = "s", Title = "S", Planned = members.Length, Members = members
    };

    private static SweepContent Content(string name, string[] xs, string[] ys, int seeds, Func<string, string> t)
    {
        var draws = new Seed(5).Stream();
        var members = ImmutableArray.CreateBuilder<SweepMember>();
        for (var i = 0; i < xs.Length; i++)
        {
            for (var j = 0; j < ys.Length; j++)
            {
                for (var seed = 0; seed < seeds; seed++)
                {
                    var (x, y) = (i / (xs.Length - 1.0), ys.Length == 1 ? 0.6 : j / (ys.Length - 1.0));
                    SweepSetting[] settings = [new(t("params.train_fraction"), t(xs[i])), new(t("params.weight_decay"), t(ys[j]))];
                    members.Add(Member(
                        members.Count, x, y, draws, seeds > 1 ? seed : null, [.. settings.Take(ys.Length == 1 ? 1 : 2)], t));
                }
            }
        }
        return new SweepContent
        {
            Name = t(name),
            Title = t($"Sweep of {name.Replace('_', ' ')}"),
            Planned = members.Count,
            Members = members.ToImmutable(),
            Provenance = [new(t("command"), t($"grokpipe sweep run {name}")), new(t("plan"), t("3f1c0aa2b7d4"))],
        };
    }

    // Generalizes sooner with more data and more decay; too much decay never memorizes; some of the rest collapse.
    private static SweepMember Member(
        int index, double x, double y, RandomStream draws, long? seed, ImmutableArray<SweepSetting> settings, Func<string, string> t)
    {
        const long Budget = 20_000;
        var noise = Math.Exp(0.25 * draws.NextNormal());
        var confused = y > 0.95 && x < 0.55;
        long? memorized = confused ? null : (long)(120 * noise * (1 + y)) / 20 * 20;
        var late = (long)(60_000 * noise * Math.Exp(-5.5 * x) * Math.Exp(-2.4 * y)) / 20 * 20;
        long? generalized = confused || late > Budget - 100 ? null : Math.Max(late, memorized ?? 0);
        var ending = generalized is { } g && g + 400 < Budget ? MemberEnding.Generalized : MemberEnding.Budget;
        var last = ending == MemberEnding.Generalized ? generalized!.Value + 400 : Budget;          // not null: it generalized
        var collapsed = index % 17 == 11;
        var failed = index % 29 == 23;
        return new SweepMember
        {
            Index = index,
            Id = t($"{index * 7919L + 0x3f1c0aa2b7L:x12}"),
            Settings = settings,
            Seed = seed,
            Ending = failed ? MemberEnding.Failed : collapsed ? MemberEnding.Collapsed : ending,
            Error = failed ? t("No space left on the device.") : null,
            Budget = Budget,
            Steps = failed ? 0 : last,
            Nonfinite = collapsed && index % 2 == 0,
            Curve = failed ? [] : [.. Enumerable.Range(0, (int)(last / 100) + 1).Select(k => new CurvePoint(
                100 * k, 100 * k >= memorized ? 1 : 0.05, 100 * k >= generalized ? 0.997 : 0.02))],
            Definitions = new GrokkingOptions(),
        };
    }
}
