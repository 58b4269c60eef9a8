using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Scores;

namespace GrokPipeline.Tests.Scoring;

/// <summary>What is said of rows in float32 vectors, against the definitions in float64: few classes, many, and whole vectors of them.</summary>
public sealed class LogitJudgeTests
{
    public static TheoryData<int, double> Rows
    {
        get
        {
            var rows = new TheoryData<int, double>();
            foreach (var classes in (int[])[1, 2, 3, 4, 7, 15, 16, 17, 31, 32, 33, 97, 128, 129, 300])
            {
                foreach (var spread in (double[])[1e-3, 1, 8, 60, 900]) { rows.Add(classes, spread); }
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Numbers_keep_their_digits_whatever_the_spread_of_logits(int classes, double spread)
    {
        var draws = new Seed((ulong)classes).Stream();
        const int Count = 53;                                                   // neither whole groups of rows nor a whole batch
        var logits = Enumerable.Range(0, Count * classes).Select(_ => (float)((spread * draws.NextNormal()) + (3 * spread))).ToArray();
        var targets = Enumerable.Range(0, Count).Select(_ => (long)draws.NextBelow(classes)).ToArray();
        for (var row = 0; row < Count; row += 2)                                // every other one is right, by a margin
        {
            logits[(row * classes) + (int)targets[row]] = logits.Skip(row * classes).Take(classes).Max() + (float)(spread / 2);
        }
        var predictions = Judged(classes, logits, targets, PredictionParts.Probabilities);
        var quick = Judged(classes, logits, targets, PredictionParts.Classes);
        for (var row = 0; row < Count; row++)
        {
            var z = logits.Skip(row * classes).Take(classes).Select(x => (double)x).ToArray();
            var (best, target) = (Array.IndexOf(z, z.Max()), (int)targets[row]);
            var e = z.Select(x => Math.Exp(x - z[best])).ToArray();
            var rest = e.Where((_, c) => c != best).Sum();
            var loss = LogOnePlus(rest) + (z[best] - z[target]);
            var missed = e.Where((_, c) => c != target).Sum() / (1 + rest);
            var others = e.Where((_, c) => c != target).Sum(x => Math.Pow(x / (1 + rest), 2));
            Assert.Equal((best, best), (predictions.Predicted[row], quick.Predicted[row]));
            Near(loss, predictions.Loss[row], 3e-6);
            Near(1 / (1 + rest), predictions.Confidence[row], 2e-6);
            Near((missed * missed) + others, predictions.SquaredError[row], target == best ? 1e-5 : 3e-6);
            Assert.Equal(z[target] - z.Where((_, c) => c != target).DefaultIfEmpty(double.NegativeInfinity).Max(), predictions.Margin[row]);
        }
        Assert.Empty(quick.Loss);
    }

    [Fact]
    public void A_row_is_judged_the_same_wherever_it_stands_in_a_batch()
    {
        foreach (var classes in (int[])[4, 97])
        {
            var (logits, targets) = Scored.Random(50, classes, 9);
            var all = Judged(classes, logits, targets, PredictionParts.Probabilities);
            for (var row = 0; row < targets.Length; row++)
            {
                var one = Judged(classes, logits[(row * classes)..((row + 1) * classes)], [targets[row]], PredictionParts.Probabilities);
                Assert.Equal(
                    (all.Loss[row], all.Confidence[row], all.SquaredError[row], all.Margin[row]),
                    (one.Loss[0], one.Confidence[0], one.SquaredError[0], one.Margin[0]));
            }
        }
    }

    [Fact]
    public void A_row_that_is_no_number_spoils_no_other()
    {
        foreach (var bad in (float[])[float.NaN, float.PositiveInfinity])
        {
            foreach (var classes in (int[])[4, 97])
            {
                var (logits, targets) = Scored.Random(50, classes, 9);
                var sound = Judged(classes, logits, targets, PredictionParts.Probabilities);
                logits[(20 * classes) + classes - 1] = bad;
                foreach (var parts in (PredictionParts[])[PredictionParts.Classes, PredictionParts.Probabilities])
                {
                    var found = Judged(classes, logits, targets, parts);
                    for (var row = 0; row < targets.Length; row++)
                    {
                        Assert.Equal(row == 20 ? -1 : sound.Predicted[row], found.Predicted[row]);
                        if (parts == PredictionParts.Classes) { continue; }
                        if (row == 20) { Assert.True(double.IsNaN(found.Loss[row]) && double.IsNaN(found.SquaredError[row])); }
                        else { Near(sound.Loss[row], found.Loss[row], 3e-6); }
                    }
                }
            }
        }
    }

    [Fact]
    public void Metrics_refuse_predictions_that_hold_too_little()
    {
        var accumulator = new ScoreAccumulator(3, new EvaluationOptions(), new Seed(1));
        var few = Judged(3, [1, 2, 3], [0], PredictionParts.Classes);
        Assert.Contains("need Probabilities", Assert.Throws<ArgumentException>(() => accumulator.Add(few, [])).Message,
            StringComparison.Ordinal);
        var accuracy = new ScoreAccumulator(3, new EvaluationOptions { Metrics = ["accuracy"] }, new Seed(1));
        accuracy.Add(few, []);
        Assert.Equal(0, accuracy.Finish().Single().Value.Value);
    }

    private static Predictions Judged(int classes, float[] logits, long[] targets, PredictionParts parts)
    {
        var predictions = new Predictions(classes, targets, parts);
        new LogitJudge(classes).Judge(predictions, 0, logits);
        return predictions;
    }

    // log(1 + x) by its series where 1 + x would round x away.
    private static double LogOnePlus(double x) => x < 1e-4 ? x - (x * x / 2) + (x * x * x / 3) : Math.Log(1 + x);

    private static void Near(double expected, double found, double relative) => Assert.True(
        expected == found || Math.Abs(found - expected) <= relative * Math.Abs(expected) || Math.Abs(expected) < 1e-290,
        $"{found} is not {expected} within {relative}");
}
