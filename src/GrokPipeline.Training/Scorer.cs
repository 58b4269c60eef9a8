using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Measures;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Training;

/// <summary>
/// Scores a model on whole splits: logits from an engine, a fixed number of rows at a time, the last ones padded; losses and counts
/// from them on the host in float64, row after row. A row is right when every token of its answer is. Measures, where there are any, look at each row of train too.
/// </summary>
internal sealed class Scorer(ISession session, EncodedRows rows, Loss loss, Model model, RowMeasures? measures = null)
{
    private readonly Tensor _logits = new(model.Answers == 1
        ? TensorType.Float32([rows.ScoreBatch, model.Classes]) : TensorType.Float32([rows.ScoreBatch, model.Answers, model.Classes]));

    private readonly ImmutableHashSet<string> _fixed = [.. model.Parameters.Where(spec => spec.IsFixed).Select(spec => spec.Name)];

    /// <summary>Scores some parameters.</summary>
    public StepScores Score(ImmutableSortedDictionary<string, Tensor> parameters)
    {
        var squares = 0.0;
        measures?.Begin();
        foreach (var (name, tensor) in parameters)
        {
            session.Write(name, tensor);
            if (_fixed.Contains(name)) { continue; }
            foreach (var value in tensor.AsSpan<float>()) { squares += (double)value * value; }
        }
        return new([.. rows.Splits.Select(Score)], Math.Sqrt(squares));
    }

    private SplitScore Score(EncodedSplit split)
    {
        var (sum, correct, row, width) = (0.0, 0, 0, model.Answers * model.Classes);
        var watch = split.Name == "train" ? measures : null;
        foreach (var part in split.Parts)
        {
            session.Write(rows.Input, part);
            session.Run();
            session.Read("logits", _logits);
            var logits = _logits.AsSpan<float>();
            for (var i = 0; i < _logits.Shape[0] && row < split.Rows; i++, row++)
            {
                var scores = logits.Slice(i * width, width);
                var (rowLoss, isRight) = Judge(split, row, scores);
                sum += rowLoss;
                watch?.Add(row, scores, split.Targets[row]);
                if (isRight) { correct++; }
            }
        }
        return new(split.Name, sum / split.Rows, correct, split.Rows);
    }

    private (double Loss, bool IsRight) Judge(EncodedSplit split, int row, ReadOnlySpan<float> scores)
    {
        if (model.Target == TargetKind.Real)
        {
            var target = split.Reals.AsSpan(row * scores.Length, scores.Length);
            // An error that is NaN is below nothing.
            return (loss.OfRealRow(scores, target), SquaredError.Of(scores, target) < rows.Tolerance);
        }
        var (sum, isRight, classes) = (0.0, true, model.Classes);
        var tokens = split.Targets.AsSpan(row * model.Answers, model.Answers);
        for (var i = 0; i < tokens.Length; i++)
        {
            var own = scores.Slice(i * classes, classes);
            sum += loss.OfRow(own, tokens[i]);
            isRight &= IsRight(own, tokens[i]);
        }
        return (sum / tokens.Length, isRight);
    }

    // Whether the first of the largest scores is the target's. A score that is NaN makes it false, so that a broken model is right nowhere.
    private static bool IsRight(ReadOnlySpan<float> scores, int target)
    {
        var largest = LogSumExp.Largest(scores);
        if (!(scores[target] == largest)) { return false; }
        foreach (var score in scores[..target])
        {
            if (score == largest) { return false; }
        }
        return true;
    }
}
