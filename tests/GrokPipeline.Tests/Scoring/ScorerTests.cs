using GrokPipeline.Data;
using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Scores;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Scoring;

public sealed class ScorerTests
{
    private static readonly DatasetFacts Facts = new()
    {
        Kind = InputKind.Features, Classes = 3, Target = "label", Group = "subclass", Groups = 9, Features = "x", FeatureCount = 3,
    };

    [Fact]
    public void Numbers_of_a_row_agree_with_the_definitions()
    {
        var predictions = Predict([1, 2, 3], [0]);
        var total = Math.Exp(1) + Math.Exp(2) + Math.Exp(3);
        double[] p = [Math.Exp(1) / total, Math.Exp(2) / total, Math.Exp(3) / total];
        Assert.Equal(2, predictions.Predicted[0]);
        Assert.Equal(-Math.Log(p[0]), predictions.Loss[0], 1e-6);
        Assert.Equal(p[2], predictions.Confidence[0], 1e-6);
        Assert.Equal(((1 - p[0]) * (1 - p[0])) + (p[1] * p[1]) + (p[2] * p[2]), predictions.SquaredError[0], 1e-6);
    }

    [Fact]
    public void Large_logits_do_not_overflow_and_the_loss_keeps_its_small_values()
    {
        var predictions = Predict([1000, 980, -1000], [0]);
        Assert.Equal(Math.Exp(-20), predictions.Loss[0], 1e-14);        // float32 arithmetic would say 0
    }

    [Fact]
    public void The_first_of_equal_logits_wins_and_a_tie_has_no_margin()
    {
        for (var first = 0; first < 96; first += 5)
        {
            var logits = new float[97];
            (logits[first], logits[96]) = (3, 3);
            var predictions = new Predictions(97, [96], PredictionParts.Probabilities);
            new LogitJudge(predictions.Classes).Judge(predictions, 0, logits);
            Assert.Equal((first, 0.0), (predictions.Predicted[0], predictions.Margin[0]));
            Assert.Equal(Math.Log((2 * Math.Exp(3)) + 95) - 3, predictions.Loss[0], 1e-6);
        }
    }

    [Fact]
    public void A_logit_that_is_no_number_is_wrong_and_stays_visible()
    {
        foreach (var logits in (float[][])[[float.NaN, 1, 2], [1, float.NaN, 2], [1, 2, float.NaN], [1, float.PositiveInfinity, 2]])
        {
            var predictions = new Predictions(3, [2], PredictionParts.Probabilities);
            new LogitJudge(predictions.Classes).Judge(predictions, 0, logits);
            Assert.Equal(-1, predictions.Predicted[0]);
            Assert.True(double.IsNaN(predictions.Loss[0]) && double.IsNaN(predictions.Margin[0]));
        }
        for (var at = 0; at < 97; at++)                                         // in every lane and in the rest
        {
            var logits = Enumerable.Range(0, 97).Select(c => c == at ? float.NaN : c).ToArray();
            var predictions = new Predictions(97, [2], PredictionParts.Probabilities);
            new LogitJudge(predictions.Classes).Judge(predictions, 0, logits);
            Assert.Equal(-1, predictions.Predicted[0]);
        }
    }

    [Fact]
    public void Calibration_error_agrees_with_a_computation_by_hand()
    {
        // Confidences 0.9, 0.9 (one right) and 0.6 (right) in ten bins: gaps 2/3·|0.5 − 0.9| and 1/3·|1 − 0.6|.
        float Logit(double p) => (float)Math.Log(p / ((1 - p) / 2));
        var predictions = Predict([Logit(0.9), 0, 0, Logit(0.9), 0, 0, Logit(0.6), 0, 0], [0, 1, 0]);
        var scores = Scored.Finish(predictions, new() { EceBins = 10 });
        Assert.Equal((2.0 / 3 * 0.4) + (1.0 / 3 * 0.4), Scorer.Of(scores, "ece")!.Value.Value, 1e-6);
    }

    [Fact]
    public void Groups_have_their_counts_and_the_worst_is_one_that_has_rows()
    {
        float[] logits = [9, 0, 0, 9, 0, 0, 0, 9, 0, 0, 9, 0];
        var table = Rows(logits, [0, 0, 1, 0], [4, 4, 7, 7]);
        var predictions = Predictions.Of(new Scored.Echo(), "features", "logits", table, Facts, batch: 3);
        var scores = Scorer.Score(predictions, table, "subclass", new EvaluationOptions(), new Seed(1));
        var worst = Assert.Single(scores, score => score.Metric == "worst_group_accuracy");
        Assert.Equal(("subclass=7", 2L, 1L, 0.5), (worst.Group, worst.Rows, worst.Correct, worst.Value.Value));
        Assert.Equal(0.75, scores.Single(s => s is { Group: "all", Metric: "accuracy" }).Value.Value);
        Assert.Equal(0.75, scores.Single(s => s.Metric == "mean_group_accuracy").Value.Value);
        Assert.Equal(["subclass=4", "subclass=7"], scores.Where(s => s.Group != "all" && s.Metric == "accuracy").Select(s => s.Group));
    }

    [Fact]
    public void A_label_outside_the_classes_is_refused() =>
        Assert.Throws<GrokException>(() => Predict([0, 0, 0], [3]));

    [Fact]
    public void Unknown_metrics_and_bad_levels_are_named()
    {
        var problems = new EvaluationOptions { Metrics = ["acuracy"], Interval = new() { Level = 1 } }.Problems().ToList();
        Assert.Equal(["metrics", "level"], problems.Select(problem => problem.Option));
        Assert.Contains("Did you mean 'accuracy'?", problems[0].Problem, StringComparison.Ordinal);
    }

    private static Predictions Predict(float[] logits, long[] labels) =>
        Predictions.Of(new Scored.Echo(), "features", "logits", Rows(logits, labels, labels), Facts);

    private static Table Rows(float[] logits, long[] labels, long[] groups) => Table.Of(
        ColumnValues.Vector("x", 3, logits), ColumnValues.Of("label", labels), ColumnValues.Of("subclass", groups));
}
