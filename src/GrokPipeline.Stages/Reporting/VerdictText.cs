using System.Collections.Immutable;
using System.Globalization;
using GrokPipeline.Evaluation;
using GrokPipeline.Reports;
using GrokPipeline.Stages.Trainings;

namespace GrokPipeline.Stages.Reporting;

/// <summary>The grokking analysis as named facts.</summary>
internal static class VerdictText
{
    /// <summary>The verdict with its definitions and further quantities.</summary>
    public static ReportVerdict Of(GrokkingVerdict verdict, MetricLog log)
    {
        var facts = ImmutableArray.CreateBuilder<ReportFact>();
        var (memorization, generalization) = (verdict.Options.Memorization, verdict.Options.Generalization);
        Add("memorization", Criterion(memorization.Split, memorization.Accuracy, memorization.ForEvaluations));
        Add("generalization", Criterion(generalization.Split, generalization.Accuracy, generalization.ForEvaluations));
        var (ratioWanted, jumpWanted) = (Number(verdict.Options.MinimumRatio), Number(verdict.Options.MinimumJump));
        var delayWanted = verdict.Options.MinimumDelay == 0 ? "" : $" and at least {Count(verdict.Options.MinimumDelay)} steps later";
        Add("grokked", $"generalization at least {ratioWanted} times as late{delayWanted}, with a jump of at least {jumpWanted}");
        Add("memorization step", Step(verdict.MemorizationStep));
        Add("generalization step", Step(verdict.GeneralizationStep));
        Add("delay", verdict.Delay is { } delay ? $"{delay.ToString("N0", CultureInfo.InvariantCulture)} steps" : "none");
        Add("ratio", verdict.Ratio is { } ratio ? Number(ratio) : "none");
        Add("plateau", verdict.Plateau is { } plateau
            ? $"{Number(plateau)}, the best {generalization.Split} accuracy up to memorization"
            : "none");
        Add("jump", verdict.Jump is { } jump ? $"{Number(jump)} above the plateau" : "none");
        Carvalho(verdict.Carvalho);
        if (log.Values(memorization.Split, "loss") is { } losses)
        {
            var spikes = LossSpikes.Of(log.Steps, losses);
            Add("loss spikes (our rule)", spikes.Count == 0 ? "none" : $"{spikes.Count}, the first at step {Count(spikes[0])}");
        }
        return new ReportVerdict(
            GrokkingCurve.Name(verdict.Outcome), verdict.MemorizationStep, verdict.GeneralizationStep, facts.ToImmutable());

        void Add(string name, string text) => facts.Add(new ReportFact(name, text));

        void Carvalho(CarvalhoQuantities q)
        {
            Add("σ_E (Carvalho et al. 2025)", $"{Number(q.SigmaE)}, below the limit {Number(q.Limit)} of train");
            Add("α₀", Step(q.Alpha0));
            Add("σ_S", q.SigmaS is { } sigma ? Number(sigma) : "none");
            Add("α₁", Step(q.Alpha1));
            Add("support S", q.Support is { } support
                ? $"{support.ToString("N0", CultureInfo.InvariantCulture)} steps{(q.Censored ? ", to the end of the run" : "")}"
                : "none");
            Add("Δ_S", q.DeltaS is { } delta ? Number(delta) : "none");
            Add("grokked by their definition", q.Grokked ? "yes" : q.Partial ? "in part" : "no");
        }
    }

    private static string Criterion(string split, double accuracy, int evaluations) =>
        $"{split} accuracy at least {Number(accuracy)} for "
        + (evaluations == 1 ? "one evaluation" : $"{evaluations} evaluations one after another");

    private static string Step(long? step) => step?.ToString("N0", CultureInfo.InvariantCulture) ?? "never";

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
