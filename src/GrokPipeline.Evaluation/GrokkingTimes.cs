namespace GrokPipeline.Evaluation;

/// <summary>
/// The time of grokking by each definition in use, read off one log. A pure function. Papers differ by a threshold, by accuracy or loss,
/// and by whether one evaluation is enough, so that a delay can be compared with a paper's only under the paper's own definition.
/// </summary>
public static class GrokkingTimes
{
    private const long LiuGap = 1000, LiuBudget = 100_000;
    private const double LiuAccuracy = 0.9, LeastQuality = 0.95;
    private const double LeviAccuracy = 0.954_499_736_103_642;   // Erf(√2), the share of a normal law within two standard deviations

    /// <summary>Reads all definitions off a log, Power's first.</summary>
    /// <param name="log">Evaluations in ascending order of steps; at least one.</param>
    /// <param name="band">Width of the band of Carvalho's definition; in (0, 1).</param>
    /// <exception cref="ArgumentException">There is no evaluation, or steps do not ascend.</exception>
    public static IReadOnlyList<GrokkingTime> Of(IReadOnlyList<CurvePoint> log, double band = 0.01)
    {
        var carvalho = Grokking.Analyze(log, new() { Band = band }).Carvalho;
        List<GrokkingTime> times =
        [
            Accuracy(log, "power", "Power et al. 2022 (arXiv 2201.02177)", 0.99),
            Accuracy(log, "manir", "Manir et al. (arXiv 2603.25009)", 0.99),
            Liu(log),
            Accuracy(log, "omnigrok", "Omnigrok (arXiv 2210.01117)", 0.95),
            Accuracy(log, "levi", "Levi et al. (arXiv 2310.16441)", LeviAccuracy),
        ];
        if (log.Any(p => double.IsFinite(p.TrainLoss) && double.IsFinite(p.ValidationLoss)))
        {
            times.Add(Loss(log, "loss_0.1", "our choice, looser than Nanda", 0.1));
            times.Add(Loss(log, "loss_1e-3", "our choice, looser than Nanda", 1e-3));
            times.Add(Loss(log, "loss_1e-6", "Nanda et al. 2023 (arXiv 2301.05217)", 1e-6));
        }
        times.Add(new("carvalho", "Carvalho et al. 2025 (arXiv 2502.01774), read by our rule", carvalho.Alpha0, carvalho.Alpha1));
        times.Add(Accuracy(log, "sustained_3", "arXiv 2602.16967", 0.99, 3));
        times.Add(new("strict", "last step below 0.99", Strict(log, p => p.Train), Strict(log, p => p.Validation)));
        return times;
    }

    /// <summary>The time by the representation: the first probed checkpoint with an RQI above 0.95, beside Liu's step of train.</summary>
    /// <param name="log">Evaluations in ascending order of steps.</param>
    /// <param name="quality">The quality index of probed checkpoints, steps ascending.</param>
    public static GrokkingTime OfRepresentation(IReadOnlyList<CurvePoint> log, IEnumerable<(long Step, double Value)> quality) =>
        new("rqi", "Liu et al. 2022 (arXiv 2205.10343), at probed checkpoints", First(log, p => p.Train >= LiuAccuracy, 1),
            quality.Where(point => point.Value > LeastQuality).Select(point => (long?)point.Step).FirstOrDefault());

    private static GrokkingTime Accuracy(IReadOnlyList<CurvePoint> log, string name, string source, double accuracy, int count = 1) =>
        new(name, source, First(log, p => p.Train >= accuracy, count), First(log, p => p.Validation >= accuracy, count));

    private static GrokkingTime Loss(IReadOnlyList<CurvePoint> log, string name, string source, double bound) =>
        new(name, source, First(log, p => p.TrainLoss < bound, 1), First(log, p => p.ValidationLoss < bound, 1));

    private static GrokkingTime Liu(IReadOnlyList<CurvePoint> log)
    {
        var time = Accuracy(log, "liu", "Liu et al. 2022 (arXiv 2205.10343)", LiuAccuracy);
        return time with { Grokked = time.Delay >= LiuGap && time.TrainStep <= LiuBudget && time.TestStep <= LiuBudget };
    }

    private static long? First(IReadOnlyList<CurvePoint> log, Func<CurvePoint, bool> holds, int count) =>
        Grokking.FirstSustained(log, holds, count) is { } at ? log[at].Step : null;

    // One step after the last evaluation below 0.99, also where the next evaluation is many steps later; a NaN is below.
    private static long? Strict(IReadOnlyList<CurvePoint> log, Func<CurvePoint, double> value)
    {
        var first = Grokking.HeldToTheEnd(log, p => value(p) >= 0.99);
        return first == log.Count ? null : first == 0 ? log[0].Step : log[first - 1].Step + 1;
    }
}
