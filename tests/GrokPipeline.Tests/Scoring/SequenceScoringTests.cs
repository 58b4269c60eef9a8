using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Evaluation;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Scoring;

/// <summary>Scores of answers of several tokens.</summary>
public sealed class SequenceScoringTests
{
    private static readonly Lists _lists = new(new() { Op = ListOperation.Copy, Values = 3 });

    private static readonly float[] _logits = Logits();

    [Fact]
    public void A_row_is_right_when_every_token_is_and_its_loss_is_their_mean()
    {
        var predictions = Predict(batch: 5);
        Assert.Equal((27, 3, 81), (predictions.Rows, predictions.AnswerLength, predictions.Targets.Length));
        Assert.Equal(RowEncoding.Target(_lists.All, _lists.Facts).AsSpan<long>().ToArray(), predictions.Targets);
        var rights = 0;
        for (var row = 0; row < 27; row++)
        {
            var (loss, margin, right) = (0.0, double.PositiveInfinity, true);
            for (var at = row * 3; at < (row * 3) + 3; at++)
            {
                var (own, target) = (_logits[(at * 4)..((at + 1) * 4)], (int)predictions.Targets[at]);
                loss += (Math.Log(own.Sum(logit => Math.Exp(logit))) - own[target]) / 3;
                margin = Math.Min(margin, own[target] - own.Where((_, c) => c != target).Max());
                right &= own.Index().MaxBy(pair => pair.Item).Index == target;
            }
            Assert.Equal(right, predictions.IsRight(row));
            Assert.Equal(loss, predictions.Loss[row], 1e-5);
            Assert.Equal(margin, predictions.Margin[row], 1e-5);
            rights += right ? 1 : 0;
        }
        Assert.Equal(rights, predictions.Correct);
        Assert.InRange(rights, 1, 26);
        Assert.Equal(predictions.Loss, Predict(batch: 100).Loss);
    }

    [Fact]
    public void Each_position_has_an_accuracy_and_metrics_of_one_class_say_why_they_have_none()
    {
        var predictions = Predict(batch: 100);
        var options = new EvaluationOptions { Metrics = ["accuracy", "loss", "ece", "brier", "auroc", "balanced_accuracy", "margin"], PerClass = true };
        var scores = Scorer.Score(predictions, _lists.All, null, options, new Seed(1));
        for (var at = 0; at < 3; at++)
        {
            var position = at;
            var right = Enumerable.Range(0, 27).Count(row => predictions.Predicted[(row * 3) + position] == predictions.Targets[(row * 3) + position]);
            Assert.Equal(right / 27.0, scores.Single(score => score.Group == $"position={position}").Value.Value, 1e-12);
        }
        Assert.Equal(predictions.Correct / 27.0, Scorer.Of(scores, "accuracy")!.Value.Value, 1e-12);
        Assert.Equal(predictions.Loss.Average(), Scorer.Of(scores, "loss")!.Value.Value, 1e-12);
        Assert.False(double.IsNaN(Scorer.Of(scores, "margin")!.Value.Value));
        foreach (var name in (string[])["ece", "brier", "auroc", "balanced_accuracy"])
        {
            var score = Scorer.Of(scores, name)!;
            Assert.True(double.IsNaN(score.Value.Value));
            Assert.Equal("Says something of answers of one token; these have 3.", score.Note);
        }
        Assert.DoesNotContain(scores, score => score.Group.StartsWith("class", StringComparison.Ordinal));
    }

    [Fact]
    public void A_token_that_is_no_class_is_named_with_column_and_row()
    {
        var broken = _lists.All.With(ColumnValues.Of("y1", [.. Enumerable.Range(0, 27).Select(row => row == 20 ? 9L : 0)]));
        var error = Assert.Throws<GrokException>(() => Predictions.Of(new Given(_logits), "tokens", "logits", broken, _lists.Facts));
        Assert.Contains("Column y1 holds 9 in row 20; it was expected to be 0 to 3.", error.Problem, StringComparison.Ordinal);
    }

    private static Predictions Predict(int batch) =>
        Predictions.Of(new Given(_logits), "tokens", "logits", _lists.All, _lists.Facts, batch);

    // Mostly right, so that some rows are right as a whole and some are not.
    private static float[] Logits()
    {
        var stream = new Seed(7).Stream();
        var targets = RowEncoding.Target(_lists.All, _lists.Facts).AsSpan<long>();
        var logits = new float[targets.Length * 4];
        for (var i = 0; i < logits.Length; i++) { logits[i] = (float)stream.NextNormal() + (targets[i / 4] == i % 4 ? 2 : 0); }
        return logits;
    }

    /// <summary>A model that gives numbers of a test's choice, batch after batch.</summary>
    private sealed class Given(float[] logits) : ISession
    {
        private int _next;

        public void Write(string input, Tensor value) => Assert.Equal(6, value.Shape[1]);

        public void Run()
        {
        }

        public void Read(string name, Tensor destination)
        {
            Assert.Equal((3, 4), (destination.Shape[1], destination.Shape[2]));
            logits.AsSpan(_next, destination.Shape.Count).CopyTo(destination.AsSpan<float>());
            _next += destination.Shape.Count;
        }

        public void Dispose()
        {
        }
    }
}
