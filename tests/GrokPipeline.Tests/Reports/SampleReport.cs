using System.Collections.Immutable;
using GrokPipeline.Evaluation.Stopping;
using GrokPipeline.Reports;

namespace GrokPipeline.Tests.Reports;

/// <summary>A made-up experiment that fills every section of a report; every text can be replaced by a hostile one.</summary>
internal static class SampleReport
{
    /// <summary>The content; <paramref name="text"/> maps each of its texts.</summary>
    public static ReportContent Content(Func<string, string>? text = null)
    {
        var t = text ?? (s => s);
        ImmutableArray<long> steps = [0, .. Enumerable.Range(0, 200).Select(i => (long)Math.Round(Math.Pow(1.0427, i))).Distinct()];
        string[] marks = ["before_grok", "at_grok", "after_grok", "final"];
        long[] markSteps = [543, 1840, 2304, 4000];
        return new ReportContent
        {
            Experiment = t("modular_addition"),
            Title = t("Modular addition with a held-out band"),
            Verdict = new(t("grokked"), 160, 1840, [
                new(t("memorization"), t("train accuracy ≥ 0.99, first at step 160")),
                new(t("generalization"), t("validation accuracy ≥ 0.99 for 3 evaluations, first at step 1,840")), new(t("delay"), t("1,680"))]),
            Times = [new(t("power"), t("Power et al. 2022"), 160, 1840), new(t("liu"), t("Liu et al. 2022"), 120, null) { Grokked = false }],
            Stops = Stops(t),
            Curves =
            [
                Curve(t("train"), "accuracy", steps, s => 1 / (1 + Math.Exp((70 - s) / 14))), Curve(t("validation"), "accuracy", steps, s => 1 / (1 + Math.Exp((1500 - s) / 120))),
                Curve(t("train"), "loss", steps, s => 4.6 * Math.Exp(-s / 60.0) + 1e-6), Curve(t("validation"), "loss", steps, s => 4.6 + (12 * Math.Exp(-Math.Pow((s - 400) / 500.0, 2))) - (s > 1200 ? 4.5 : 0)),
                Curve("", "weight_norm", steps, s => 20 + (30 / (1 + (s / 700.0)))),
            ],
            Checkpoints = [.. Enumerable.Range(0, 12).Select(k => new ReportCheckpoint(1L << k, [])), .. marks.Zip(markSteps, (m, s) => new ReportCheckpoint(s, [t(m)]))],
            Scores =
            [
                .. from m in Enumerable.Range(0, 4)
                   from d in new[] { "validation", "band", "swapped", "skewed" }
                   from metric in new[] { "accuracy", "loss", "ece", "brier" }
                   let v = metric == "accuracy" ? new[] { 0.08, 0.991, 1, 1 }[m] : new[] { 9.3, 0.2, 0.01, 0.001 }[m]
                   select new ReportScore(markSteps[m], t(marks[m]), t("modular_addition"), t(d), "all", metric, v, v * 0.99, Math.Min(1, v * 1.01), 6586, t("ort-cpu 1.29.0")),
                .. from m in Enumerable.Range(0, 4) from g in Enumerable.Range(0, 3)
                   select new ReportScore(markSteps[m], t(marks[m]), t("equidistant"), t("band"), t($"subclass={g}"), "accuracy", 0.25 * (m + 1), 0.2, 0.3, 100, t("ort-cpu 1.29.0")),
            ],
            Trajectory = [.. new[] { "validation", "band" }.Select((d, i) =>
                Curve(t(d), "accuracy", steps, s => 1 / (1 + Math.Exp((1500 + (i * 300) - s) / 120))))],
            Generalization = [.. new (string Name, long? Step, long? After, double Best)[]
                { ("validation", 1840, 1820, 1), ("band", 2000, 1900, 1), ("noisy", null, null, 0.9) }
                .Select(o => new ReportOnset(t(o.Name), o.Step, o.After, o.Best, o.Best, 0.99, 3, null, 40))],
            Shifts = [.. new[] { ("class", "total_variation", 0.07, double.NaN), ("features", "mmd2", 0.004, 0.01) }
                .Select(m => new ReportShift(t("band"), m.Item1, m.Item2, m.Item3, double.NaN, double.NaN, m.Item4, 941, 2541, m.Item1 == "class" ? 0.06 : double.NaN))],
            Findings =
            [
                .. from m in new[] { 0, 3 } from k in Enumerable.Range(1, 48)
                   select new ReportFinding(markSteps[m], t(marks[m]), "fourier", t("hidden.0.weight"), $"share[{k}]", m == 0 ? 1 / 48.0 : k % 11 == 3 ? 0.2 : 0.002, "", 0),
                .. from m in new[] { 0, 3 } from r in Enumerable.Range(0, 5) from c in new[] { "", "shuffled_labels", "random_init" }
                   select new ReportFinding(markSteps[m], t(marks[m]), "linear", t("hidden.0 -> c"), "accuracy", (c.Length == 0 ? 0.5 + (m * 0.15) : 0.02) + (r * 0.004), t(c), r),
                .. from m in new[] { 0, 3 } select new ReportFinding(markSteps[m], t(marks[m]), "effective_rank", t("hidden.0.weight"), "effective_rank", 60 - (m * 16), "", 0),
            ],
            Data = [new(t("modular_addition"), [new(t("generator"), t("modular_arithmetic, a + b mod 97")), new(t("seed"), "0")],
                [new(t("train"), "split", 2541, t("26.2 per class (18 to 35)"), 2541, t(new string('a', 64))), new(t("band"), t("held_out_rows"), 941, "", 0, t(new string('b', 64)))])],
            Parity = [.. marks.Zip(markSteps, (m, s) => new ReportParity(
                t(m), s, "plain", t("logits"), t("validation"), 3.1e-6, 2.2e-7, 1, t("row 17: 1.25 for 1.2500001, batch of 1000")))],
            Model = [new(t("kind"), t("mlp: 2 × 97 one-hot, 128 square units, 97 classes")), new(t("parameters"), t("37,248"))],
            Provenance = [new(t("engine"), t("simd 1.0.0, same bytes for any number of threads")), new(t("reproduce"), t("grokpipe run modular_addition -s params.seed=0"))],
            Files = [new(t("onnx/step-00001840.onnx"), 152_345, t(new string('c', 64)))],
            Warnings = [t("skewed: its rows are drawn from validation with replacement.")],
            Configuration = t("{ \"data\": \"modular_addition\" }"),
        };
    }

    private static ImmutableArray<StoppingJudgement> Stops(Func<string, string> t) =>
    [
        new(t("patience"), t("no rise for 20 times the memorization step"), 4000)
        {
            Step = 3360, BeforeGeneralization = false, FactorNeeded = 10.4, Costs = [new(t("validation"), 0.98, 1)],
        },
        new(t("norm_plateau"), t("the norm is flat"), 4000) { Missing = t("weight_norm is not among train.metrics") },
    ];

    private static ReportCurve Curve(string split, string metric, ImmutableArray<long> steps, Func<long, double> value) =>
        new(split, metric, steps, [.. steps.Select(value)]);
}
