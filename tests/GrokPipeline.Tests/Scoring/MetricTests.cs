using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Scores;
using GrokPipeline.Evaluation.Statistics;

namespace GrokPipeline.Tests.Scoring;

/// <summary>Metrics against computations by hand and by brute force, and one pass against all rows at once.</summary>
public sealed class MetricTests
{
    private static readonly EvaluationOptions Every = new()
    {
        Metrics = [.. Metric.All.Keys.Order(StringComparer.Ordinal)], PerClass = true,
    };

    [Fact]
    public void Margins_and_their_quantile_agree_with_a_computation_by_hand()
    {
        // Right class 0: 3 − 1, 0 − 2, 5 − 5.
        var predictions = Scored.Predict([3, 1, 0, 0, 2, 1, 5, 5, 1], [0, 0, 0]);
        Assert.Equal([2, -2, 0], predictions.Margin);
        Assert.Equal(0, predictions.Predicted[2]);
        var scores = Scored.Finish(predictions, Every);
        Assert.Equal(0, Scorer.Of(scores, "margin")!.Value.Value);
        Assert.Equal(-1.8, Scorer.Of(scores, "margin_q05")!.Value.Value, 1e-12);       // type 7: 0.05 · 2 = 0.1 between −2 and 0
    }

    [Fact]
    public void Log_odds_agree_with_the_plain_formula_on_random_logits()
    {
        foreach (var classes in (int[])[2, 3, 4, 5, 97])
        {
            var (logits, targets) = Scored.Random(200, classes, 5);
            var predictions = Scored.Predict(logits, targets, classes);
            for (var row = 0; row < targets.Length; row++)
            {
                var z = logits.Skip(row * classes).Take(classes).Select(x => (double)x).ToArray();
                var total = z.Sum(Math.Exp);
                for (var c = 0; c < classes; c++)
                {
                    Assert.Equal(
                        Math.Log(Math.Exp(z[c]) / (total - Math.Exp(z[c]))), predictions.LogOdds[(row * classes) + c], 1e-4);
                }
            }
        }
    }

    [Fact]
    public void Areas_agree_with_the_count_of_all_pairs_ties_by_half()
    {
        var (logits, targets) = Scored.Random(120, 3, 7);
        for (var i = 0; i < logits.Length; i++) { logits[i] = MathF.Round(logits[i]); }          // so that there are ties
        var predictions = Scored.Predict(logits, targets, 3);
        var expected = Enumerable.Range(0, 3).Select(c => Brute(predictions, c)).ToArray();
        var areas = new RocAreas(3);
        areas.Add(predictions);
        foreach (var (a, b) in expected.Zip(areas.Areas())) { Assert.Equal(a, b, 1e-12); }
        var scores = Scored.Finish(predictions, Every);
        var macro = Scorer.Of(scores, "auroc")!;
        Assert.Equal(expected.Average(), macro.Value.Value, 1e-12);
        Assert.InRange(macro.Value.Value, macro.Value.Low, macro.Value.High);
        Assert.Equal(expected[1], scores.Single(s => s is { Group: "class=1", Metric: "auroc" }).Value.Value, 1e-12);
    }

    [Fact]
    public void Areas_from_cells_are_within_half_the_pairs_of_one_cell()
    {
        var (logits, targets) = Scored.Random(3000, 3, 11);
        var predictions = Scored.Predict(logits, targets, 3);
        var (exact, cells) = (new RocAreas(3), new RocAreas(3, most: 100));
        exact.Add(predictions);
        cells.Add(predictions);
        foreach (var (a, b) in exact.Areas().Zip(cells.Areas())) { Assert.Equal(a, b, 2e-3); }
    }

    [Fact]
    public void With_one_class_only_the_area_is_undefined_and_says_why()
    {
        var score = Scorer.Of(Scored.Finish(Scored.Predict([1, 0, 0, 0, 1, 0], [0, 0]), Every), "auroc")!;
        Assert.True(double.IsNaN(score.Value.Value));
        Assert.Equal("All rows are of one class.", score.Note);
    }

    [Fact]
    public void Balanced_accuracy_is_the_mean_over_classes_with_rows()
    {
        // Class 0: 3 of 3, class 1: 1 of 2; class 2 has no rows.
        var scores = Scored.Finish(Scored.Predict([9, 0, 0, 9, 0, 0, 9, 0, 0, 0, 9, 0, 9, 0, 0], [0, 0, 0, 1, 1]), Every);
        var balanced = Scorer.Of(scores, "balanced_accuracy")!.Value;
        Assert.Equal(0.75, balanced.Value);
        // Two parts, each half: the lower end is 0.75 − ½√((1 − l₀)² + (½ − l₁)²) with Wilson's ends.
        var (first, second) = (Wilson.Of(3, 3, 0.95), Wilson.Of(1, 2, 0.95));
        Assert.Equal(0.75 - (0.5 * Math.Sqrt(Math.Pow(1 - first.Low, 2) + Math.Pow(0.5 - second.Low, 2))), balanced.Low, 1e-12);
        Assert.Equal(["class=0", "class=1"], scores.Where(s => s.Group != "all" && s.Metric == "accuracy").Select(s => s.Group));
    }

    [Fact]
    public void Adjusted_accuracy_weighs_groups_by_their_share_of_train()
    {
        var predictions = Scored.Predict([9, 0, 0, 9, 0, 0, 9, 0, 0], [0, 0, 1]);
        long[] groups = [5, 5, 6];
        var shares = new Dictionary<long, double> { [5] = 0.6, [6] = 0.2, [7] = 0.2 };
        var score = Scorer.Of(Scored.Finish(predictions, Every, groups, shares), "adjusted_accuracy")!;
        Assert.Equal(0.75, score.Value.Value, 1e-12);                   // (0.6·1 + 0.2·0) / 0.8
        Assert.Contains("80", score.Note, StringComparison.Ordinal);
        var unknown = Scorer.Of(Scored.Finish(predictions, Every, groups), "adjusted_accuracy")!;
        Assert.True(double.IsNaN(unknown.Value.Value));
        Assert.NotEmpty(unknown.Note);
    }

    [Fact]
    public void Calibration_over_equal_mass_agrees_with_a_computation_by_hand()
    {
        // Confidences 0.6, 0.7 | 0.8, 0.9 in two bins: right 1 of 2 and 2 of 2.
        float Logit(double p) => (float)Math.Log(p / ((1 - p) / 2));
        var predictions = Scored.Predict(
            [Logit(0.9), 0, 0, Logit(0.6), 0, 0, Logit(0.8), 0, 0, Logit(0.7), 0, 0], [0, 0, 0, 1]);
        var score = Scorer.Of(Scored.Finish(predictions, Every with { EceBins = 2 }), "ece_mass")!;
        Assert.Equal(((2 - 1.7) + Math.Abs(1 - 1.3)) / 4, score.Value.Value, 1e-6);
    }

    [Fact]
    public void The_same_rows_in_other_pieces_give_the_same_numbers()
    {
        var (logits, targets) = Scored.Random(9000, 3, 3);
        var groups = targets.Select(target => target / 2).ToArray();
        var whole = Scored.Finish(Scored.Predict(logits, targets, 3), Every, groups);
        var accumulator = new ScoreAccumulator(3, Every, new Seed(1), "subclass");
        for (var start = 0; start < 9000;)
        {
            var count = Math.Min(1 + (start % 701), 9000 - start);
            var (piece, labels) = (logits[(start * 3)..((start + count) * 3)], targets[start..(start + count)]);
            accumulator.Add(Scored.Predict(piece, labels, 3), groups.AsSpan(start, count));
            start += count;
        }
        Assert.Equal(whole, accumulator.Finish());
    }

    [Fact]
    public void Up_to_the_number_of_blocks_the_bootstrap_is_that_of_rows()
    {
        var (logits, targets) = Scored.Random(500, 3, 13);
        var predictions = Scored.Predict(logits, targets, 3);
        var found = Scorer.Of(Scored.Finish(predictions, Every), "loss")!.Value;
        var expected = Bootstrap.Of(
            [.. Enumerable.Range(0, 500)], rows => rows.Average(row => predictions.Loss[row]), 200, 0.95, new Seed(1).Derive("bootstrap"));
        Assert.Equal(expected.Value, found.Value, 1e-12);
        Assert.Equal(expected.Low, found.Low, 1e-12);
        Assert.Equal(expected.High, found.High, 1e-12);
    }

    [Fact]
    public void Beyond_the_number_of_blocks_the_interval_is_as_wide_as_theory_says()
    {
        var draws = new Seed(6).Stream();
        var blocks = new BlockSums(2);
        var sum = 0.0;
        for (var row = 0; row < 100_000; row++)
        {
            var value = draws.NextNormal();
            sum += value;
            blocks.Of(row)[0]++;
            blocks.Of(row)[1] += value;
        }
        var interval = blocks.Intervals(100_000, [sums => sums[1] / sums[0]], [sum / 100_000], 1000, 0.95, new Seed(2))[0];
        Assert.InRange((interval.High - interval.Low) / (2 * 1.96 / Math.Sqrt(100_000)), 0.9, 1.1);
    }

    [Fact]
    public void A_sketch_is_within_one_percent_of_the_exact_quantile()
    {
        var draws = new Seed(8).Stream();
        var (exact, sketch) = (new QuantileSketch(), new QuantileSketch(most: 10));
        for (var i = 0; i < 20_000; i++)
        {
            var value = Math.Exp(3 * draws.NextNormal()) * (i % 3 == 0 ? -1 : 1);
            exact.Add(value);
            sketch.Add(value);
        }
        foreach (var q in (double[])[0.01, 0.05, 0.5, 0.9, 0.99])
        {
            var (a, b) = (exact.Of(q, 0.95).Value, sketch.Of(q, 0.95).Value);
            Assert.InRange(b / a, 0.985, 1.015);
        }
    }

    [Fact]
    public void Gaps_are_validation_minus_the_other_with_newcombes_interval()
    {
        // Newcombe 1998, table II, first example: 56/70 − 48/80 = 0.2, interval by method 10: 0.0524 to 0.3339.
        var interval = Combined.Difference(Wilson.Of(56, 70, 0.95), Wilson.Of(48, 80, 0.95));
        Assert.Equal(0.2, interval.Value, 1e-12);
        Assert.Equal(0.0524, interval.Low, 5e-5);
        Assert.Equal(0.3339, interval.High, 5e-5);
        var gap = Scorer.Gaps(
            [new("all", "accuracy", new(0.9, 0.8, 0.95), 10, 9)], [new("all", "accuracy", new(0.6, 0.5, 0.7), 20, 12)]).Single();
        Assert.Equal(("accuracy_gap", 0.3, 20L), (gap.Metric, Math.Round(gap.Value.Value, 12), gap.Rows));
    }

    [Fact]
    public void Features_that_are_not_finite_are_told_with_their_row()
    {
        var error = Assert.Throws<GrokException>(() => Scored.Predict([0, 0, 0, 0, float.NaN, 0], [0, 1]));
        Assert.Contains("column 'x' holds NaN in row 1", error.Problem, StringComparison.Ordinal);
    }

    private static double Brute(Predictions predictions, int c)
    {
        var (sum, pairs) = (0.0, 0L);
        for (var i = 0; i < predictions.Rows; i++)
        {
            for (var j = 0; j < predictions.Rows; j++)
            {
                if (predictions.Targets[i] != c || predictions.Targets[j] == c) { continue; }
                var (a, b) = (predictions.LogOdds[(i * 3) + c], predictions.LogOdds[(j * 3) + c]);
                sum += a > b ? 1 : a == b ? 0.5 : 0;
                pairs++;
            }
        }
        return sum / pairs;
    }

    [Fact]
    public void Quantiles_of_infinite_margins_are_infinite_in_both_forms()
    {
        foreach (var most in (int[])[1000, 10])
        {
            var sketch = new QuantileSketch(most);
            for (var i = 0; i < 100; i++) { sketch.Add(i < 50 ? double.NegativeInfinity : double.PositiveInfinity); }
            Assert.Equal(double.NegativeInfinity, sketch.Of(0.05, 0.95).Value);
            Assert.Equal(double.PositiveInfinity, sketch.Of(0.95, 0.95).Value);
        }
        var large = new QuantileSketch(1);
        for (var i = 0; i < 10; i++) { large.Add(3e38); }                     // near the largest float32
        Assert.InRange(large.Of(0.5, 0.95).Value, 2.97e38, 3.03e38);
    }

    [Fact]
    public void Areas_need_log_odds() => Assert.Contains("auroc needs predictions with log-odds",
        Assert.Throws<ArgumentException>(() => new RocAreas(2).Add(new Predictions(2, [0, 1], PredictionParts.Probabilities))).Message,
        StringComparison.Ordinal);
}
