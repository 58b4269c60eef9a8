using GrokPipeline.Data;
using GrokPipeline.Evaluation;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Tables;

namespace GrokPipeline.Tests.Scoring;

/// <summary>Predictions with logits of a test's choice.</summary>
internal static class Scored
{
    public static Predictions Predict(float[] logits, long[] targets, int classes = 3) => Predictions.Of(
        new Echo(), "features", "logits", Table.Of(ColumnValues.Vector("x", classes, logits), ColumnValues.Of("label", targets)),
        new DatasetFacts { Kind = InputKind.Features, Classes = classes, Target = "label", Features = "x", FeatureCount = classes },
        batch: 1000, PredictionParts.LogOdds);

    public static IReadOnlyList<Score> Finish(
        Predictions predictions, EvaluationOptions options, long[]? groups = null, IReadOnlyDictionary<long, double>? shares = null)
    {
        var accumulator = new ScoreAccumulator(predictions.Classes, options, new Seed(1), groups is null ? null : "subclass", shares);
        accumulator.Add(predictions, groups);
        return accumulator.Finish();
    }

    public static (float[] Logits, long[] Targets) Random(int rows, int classes, ulong seed)
    {
        var draws = new Seed(seed).Stream();
        var (logits, targets) = (new float[rows * classes], new long[rows]);
        for (var row = 0; row < rows; row++)
        {
            targets[row] = draws.NextBelow(classes);
            for (var c = 0; c < classes; c++)
            {
                logits[(row * classes) + c] = (float)(2 * draws.NextNormal()) + (c == targets[row] ? 1 : 0);
            }
        }
        return (logits, targets);
    }

    /// <summary>A model whose logits are its features: what goes in comes out.</summary>
    internal sealed class Echo : ISession
    {
        private Tensor? _given;

        public void Write(string input, Tensor value) => _given = value.Copy();

        public void Run() => Assert.NotNull(_given);

        public void Read(string name, Tensor destination) => _given!.Bytes.CopyTo(destination.Bytes);

        public void Dispose()
        {
        }
    }
}
