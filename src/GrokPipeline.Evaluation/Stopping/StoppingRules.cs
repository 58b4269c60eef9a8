using System.Collections.Immutable;
using System.Globalization;

namespace GrokPipeline.Evaluation.Stopping;

/// <summary>
/// Four rules that would end a training early, judged after it ran to its end: where each would have stopped, what that would have saved,
/// and what it would have cost. Carvalho et al. (2025) call for such rules and give none; all of these, with their thresholds, are OUR
/// CHOICE. A rule sees nothing but the evaluations up to its own. A pure function of the log.
/// </summary>
public static class StoppingRules
{
    private const double PatienceFactor = 20, LeastImprovement = 0.005;
    private const double PlateauAccuracy = 0.999, PlateauSlope = 0.01;
    private const double StalledShare = 0.25;

    private static readonly string _patience = string.Create(CultureInfo.InvariantCulture,
        $"no rise of validation accuracy by {LeastImprovement} for {PatienceFactor} times the memorization step");

    private static readonly string _flat = string.Create(CultureInfo.InvariantCulture,
        $"changes by less than {PlateauSlope} per unit of ln t from √t to t, with train accuracy at least {PlateauAccuracy}");

    private static readonly string _stalled = string.Create(CultureInfo.InvariantCulture,
        $"margin of the worst group of train without a new maximum for {StalledShare:P0} of all steps, after memorization");

    /// <summary>Judges the rules on a log.</summary>
    /// <param name="log">What was measured; at least one evaluation.</param>
    /// <param name="options">The definitions of memorization and generalization.</param>
    /// <exception cref="ArgumentException">There is no evaluation.</exception>
    public static ImmutableArray<StoppingJudgement> Judge(MetricLog log, GrokkingOptions options)
    {
        var curve = log.Curve(options);
        var verdict = Grokking.Analyze(curve, options);
        return
        [
            Patience(log, curve, verdict),
            Flat(log, curve, verdict, "norm_plateau", "norm of all parameters", "weight_norm"),
            Flat(log, curve, verdict, "entropy_plateau", "mean spectral entropy of the matrices", "spectral_entropy"),
            Stalled(log, verdict),
        ];
    }

    private static StoppingJudgement Patience(MetricLog log, IReadOnlyList<CurvePoint> curve, GrokkingVerdict verdict)
    {
        var judged = new StoppingJudgement("patience", _patience, log.Steps[^1]);
        if (verdict.MemorizationStep is not { } memorized) { return judged; }
        var (unit, best, since) = ((double)Math.Max(memorized, 1), double.NegativeInfinity, memorized);
        var (longest, stop) = (0L, (int?)null);
        for (var i = 0; i < curve.Count; i++)
        {
            if (curve[i].Step < memorized) { continue; }
            var wait = curve[i].Step - since;
            if (curve[i].Validation >= best + LeastImprovement)
            {
                (best, since) = (curve[i].Validation, curve[i].Step);
                continue;
            }
            if (curve[i].Step < verdict.GeneralizationStep) { longest = Math.Max(longest, wait); }
            if (wait >= PatienceFactor * unit) { stop ??= i; }
        }
        return Ended(log, verdict, judged, stop) with
        {
            FactorNeeded = verdict.GeneralizationStep >= memorized ? longest / unit : null,
        };
    }

    private static StoppingJudgement Flat(
        MetricLog log, IReadOnlyList<CurvePoint> curve, GrokkingVerdict verdict, string rule, string what, string metric)
    {
        var judged = new StoppingJudgement(rule, $"{what} {_flat}", log.Steps[^1]);
        return log.Values("model", metric) is not { } values
            ? judged with { Missing = $"{metric} is not among train.metrics" }
            : Ended(log, verdict, judged, Plateau.First(log.Steps, values, PlateauSlope, i => curve[i].Train >= PlateauAccuracy));
    }

    private static StoppingJudgement Stalled(MetricLog log, GrokkingVerdict verdict)
    {
        var judged = new StoppingJudgement("worst_group_margin", _stalled, log.Steps[^1]);
        if (log.Values("train", "worst_group_margin") is not { } margins)
        {
            return judged with { Missing = "worst_group_margin is not among train.metrics, or the data has no groups" };
        }
        if (verdict.MemorizationStep is not { } memorized) { return judged; }
        var (best, since) = (double.NegativeInfinity, memorized);
        for (var i = 0; i < margins.Count; i++)
        {
            if (log.Steps[i] < memorized) { continue; }
            if (margins[i] > best) { (best, since) = (margins[i], log.Steps[i]); }
            else if (log.Steps[i] - since >= StalledShare * log.Steps[i]) { return Ended(log, verdict, judged, i); }
        }
        return judged;
    }

    private static StoppingJudgement Ended(MetricLog log, GrokkingVerdict verdict, StoppingJudgement judged, int? stop) =>
        stop is not { } at ? judged : judged with
        {
            Step = log.Steps[at],
            BeforeGeneralization = verdict.GeneralizationStep is { } found ? log.Steps[at] < found : null,
            Costs = [.. log.Splits.Select(split => (split, Values: log.Values(split, "accuracy")))
                .Where(pair => pair.Values is not null && !double.IsNaN(pair.Values[at]))
                // Not null: asked before.
                .Select(pair => new StoppingCost(pair.split, pair.Values![at], pair.Values.Skip(at).Where(double.IsFinite).Max()))],
        };
}
