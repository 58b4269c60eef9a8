using GrokPipeline.Data;
using GrokPipeline.Evaluation;
using GrokPipeline.Evaluation.Statistics;

namespace GrokPipeline.Tests.Scoring;

public sealed class RealScoreTests
{
    private static readonly DatasetFacts s_facts = new()
    {
        Kind = InputKind.Features, TargetKind = TargetKind.Real, Outputs = 2, Tolerance = 0.1, Target = "y", Features = "x",
        FeatureCount = 1,
    };

    private static readonly EvaluationOptions s_options = new() { Metrics = ["accuracy", "loss", "r2"], PerClass = true };

    [Fact]
    public void Scores_are_those_computed_by_hand()
    {
        // Squared errors by row and output: (0, 0.04), (1, 0), (0.01, 0.09); their means over outputs: 0.02, 0.5, 0.05.
        var scores = Of([1, 2.2f, 3, 3, 4.9f, 4.3f], [1, 2, 2, 3, 5, 4], s_options);
        var accuracy = Scorer.Of(scores, "accuracy")!;
        Assert.Equal((2, 3), (accuracy.Correct, accuracy.Rows));
        Assert.Equal(Wilson.Of(2, 3, 0.95), accuracy.Value);
        Assert.Equal(0.57 / 3, Scorer.Of(scores, "loss")!.Value.Value, 1e-6);
        Assert.True(Scorer.Of(scores, "loss")!.Value.Low < 0.19 && Scorer.Of(scores, "loss")!.Value.High > 0.19);
        // Targets 1, 2, 5 spread by 26/3 around their mean; 2, 3, 4 by 2.
        Assert.Equal(1 - (1.01 / (26.0 / 3)), Single(scores, "output=0", "r2"), 1e-6);
        Assert.Equal(1 - (0.13 / 2), Single(scores, "output=1", "r2"), 1e-6);
        Assert.Equal(0.13 / 3, Single(scores, "output=1", "loss"), 1e-6);
        var mean = (Single(scores, "output=0", "r2") + Single(scores, "output=1", "r2")) / 2;
        Assert.Equal(mean, Scorer.Of(scores, "r2")!.Value.Value, 1e-12);
    }

    [Fact]
    public void Pieces_change_nothing()
    {
        var stream = new Seed(4).Stream();
        var (outputs, targets) = (new float[2000], new float[2000]);
        for (var i = 0; i < 2000; i++) { (outputs[i], targets[i]) = ((float)stream.NextNormal(), (float)stream.NextNormal()); }
        var pieces = new RealScores(s_facts, s_options, new Seed(1));
        for (var row = 0; row < 1000; row += 7)
        {
            var count = 2 * Math.Min(7, 1000 - row);
            pieces.Add(outputs.AsSpan(2 * row, count), targets.AsSpan(2 * row, count));
        }
        Assert.Equal(Of(outputs, targets, s_options), pieces.Finish());
    }

    [Fact]
    public void A_prediction_that_is_no_number_is_wrong_and_metrics_of_classes_are_left_out()
    {
        var scores = Of([float.NaN, 1, 1, 1], [1, 1, 1, 1], new EvaluationOptions());
        Assert.Equal(["accuracy", "loss"], scores.Select(score => score.Metric));
        Assert.Equal(1, scores[0].Correct);
        Assert.True(double.IsNaN(scores[1].Value.Value));
        Assert.Contains("all equal", Of([1, 1], [1, 1], s_options)[2].Note, StringComparison.Ordinal);
    }

    private static double Single(IEnumerable<Score> scores, string group, string metric) =>
        scores.Single(score => score.Group == group && score.Metric == metric).Value.Value;

    private static IReadOnlyList<Score> Of(float[] outputs, float[] targets, EvaluationOptions options)
    {
        var scores = new RealScores(s_facts, options, new Seed(1));
        scores.Add(outputs, targets);
        return scores.Finish();
    }
}
