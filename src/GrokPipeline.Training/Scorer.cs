using System.Collections.Immutable;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training.Losses;

namespace GrokPipeline.Training;

/// <summary>
/// Scores a model on whole splits: logits from an engine, a fixed number of rows at a time, the last ones padded; losses and counts
/// from them on the host in float64, row after row.
/// </summary>
internal sealed class Scorer(ISession session, EncodedRows rows, Loss loss, int classes)
{
    private readonly Tensor _logits = new(TensorType.Float32([rows.ScoreBatch, classes]));

    /// <summary>Scores some parameters.</summary>
    public StepScores Score(ImmutableSortedDictionary<string, Tensor> parameters)
    {
        var squares = 0.0;
        foreach (var (name, tensor) in parameters)
        {
            session.Write(name, tensor);
            foreach (var value in tensor.AsSpan<float>()) { squares += (double)value * value; }
        }
        return new([.. rows.Splits.Select(Score)], Math.Sqrt(squares));
    }

    private SplitScore Score(EncodedSplit split)
    {
        var (sum, correct, row) = (0.0, 0, 0);
        foreach (var part in split.Parts)
        {
            session.Write(rows.Input, part);
            session.Run();
            session.Read("logits", _logits);
            var logits = _logits.AsSpan<float>();
            for (var i = 0; i < _logits.Shape[0] && row < split.Targets.Length; i++, row++)
            {
                var scores = logits.Slice(i * classes, classes);
                var target = split.Targets[row];
                sum += loss.OfRow(scores, target);
                if (Largest(scores) == target) { correct++; }
            }
        }
        return new(split.Name, sum / split.Targets.Length, correct, split.Targets.Length);
    }

    // The first of the largest; −1 when one is NaN, so that a broken model is right nowhere.
    private static int Largest(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            if (float.IsNaN(scores[i])) { return -1; }
            if (scores[i] > scores[best]) { best = i; }
        }
        return best;
    }
}
