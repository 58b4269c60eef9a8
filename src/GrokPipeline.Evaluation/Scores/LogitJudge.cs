namespace GrokPipeline.Evaluation.Scores;

/// <summary>
/// From logits to predictions. It works in float32 vectors, which cost a tenth of float64, and reads a row again in float64 where
/// float32 would lose digits. It keeps its memory for the next batch.
/// </summary>
/// <param name="classes">Logits of a row, at least 1.</param>
internal sealed class LogitJudge(int classes)
{
    // Of a sum below this, float32 exponentials and their squares do not hold all digits.
    private const double LeastRest = 1e-16;

    private readonly SoftmaxRow _softmax = new(classes);
    private readonly LogitRows _rows = new(classes);
    private readonly RowScores _scores = new();

    /// <summary>Judges rows by their logits.</summary>
    /// <param name="predictions">Receives what is said of them.</param>
    /// <param name="first">The first row.</param>
    /// <param name="logits">Scores before the softmax, shape [rows, classes].</param>
    public void Judge(Predictions predictions, int first, ReadOnlySpan<float> logits)
    {
        var rows = logits.Length / classes;
        var probabilities = predictions.Parts >= PredictionParts.Probabilities;
        _rows.Read(logits, probabilities);
        _rows.Best.AsSpan(0, rows).CopyTo(predictions.Predicted.AsSpan(first));
        if (probabilities) { Score(predictions, first, logits, rows); }
        for (var row = 0; row < rows && _rows.Spoiled && !probabilities; row++)
        {
            ReadAgain(predictions, first + row, logits.Slice(row * classes, classes));
        }
        if (predictions.Parts < PredictionParts.LogOdds) { return; }
        for (var row = 0; row < rows; row++) { WriteOdds(predictions, first + row, logits.Slice(row * classes, classes)); }
    }

    private void Score(Predictions predictions, int first, ReadOnlySpan<float> logits, int rows)
    {
        _scores.Read(_rows, predictions.Targets.AsSpan(first, rows), logits, classes);
        _scores.Loss.AsSpan(0, rows).CopyTo(predictions.Loss.AsSpan(first));
        _scores.Confidence.AsSpan(0, rows).CopyTo(predictions.Confidence.AsSpan(first));
        _scores.SquaredError.AsSpan(0, rows).CopyTo(predictions.SquaredError.AsSpan(first));
        _scores.Margin.AsSpan(0, rows).CopyTo(predictions.Margin.AsSpan(first));
        for (var row = 0; row < rows; row++)
        {
            if (!(_rows.Rest[row] >= LeastRest) || !float.IsFinite(_rows.Top[row]))
            {
                ReadAgain(predictions, first + row, logits.Slice(row * classes, classes));
            }
        }
    }

    private void ReadAgain(Predictions predictions, int row, ReadOnlySpan<float> logits)
    {
        _softmax.Read(logits);
        predictions.Predicted[row] = _softmax.Best;
        if (predictions.Parts < PredictionParts.Probabilities) { return; }
        if (_softmax.Best < 0)
        {
            (predictions.Loss[row], predictions.Confidence[row]) = (double.NaN, double.NaN);
            (predictions.SquaredError[row], predictions.Margin[row]) = (double.NaN, double.NaN);
            return;
        }
        var target = (int)predictions.Targets[row];
        var (best, total) = (logits[_softmax.Best], 1 + _softmax.Rest);
        predictions.Loss[row] = RowScores.LogOfOnePlus(_softmax.Rest) + ((double)best - logits[target]);
        predictions.Confidence[row] = 1 / total;
        predictions.Margin[row] = (double)logits[target] - (target == _softmax.Best ? _softmax.Second : best);
        // Σ over all classes of p², with the right one's taken out and put in as (1 − p)².
        var (right, squares) = (_softmax.Exponentials[target], _softmax.RestOfSquares + 1);
        var miss = target == _softmax.Best ? _softmax.Rest / total : 1 - (right / total);
        var others = target == _softmax.Best ? _softmax.RestOfSquares : Math.Max(0, squares - (right * right));
        predictions.SquaredError[row] = (miss * miss) + (others / (total * total));
    }

    private void WriteOdds(Predictions predictions, int row, ReadOnlySpan<float> logits)
    {
        var odds = predictions.LogOdds.AsSpan(row * classes, classes);
        _softmax.Read(logits);
        if (_softmax.Best < 0)
        {
            odds.Fill(float.NaN);
            return;
        }
        var (best, total) = (logits[_softmax.Best], 1 + _softmax.Rest);
        for (var c = 0; c < classes; c++)
        {
            var rest = c == _softmax.Best ? _softmax.Rest : total - _softmax.Exponentials[c];
            odds[c] = (float)((double)logits[c] - best - Math.Log(rest));
        }
    }
}
