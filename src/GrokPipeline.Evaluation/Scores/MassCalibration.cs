namespace GrokPipeline.Evaluation.Scores;

/// <summary>
/// Expected calibration error over bins of equally many rows (Nguyen and O'Connor 2015), in one pass: rows are counted in cells of
/// <see cref="LogGrid"/> over their confidence, and a bin ends with the first cell that fills its share. Rows of one cell are ties.
/// </summary>
internal sealed class MassCalibration
{
    private readonly long[] _rows = new long[LogGrid.Cells];
    private readonly double[] _gap = new double[LogGrid.Cells];                 // Σ (correct − confidence)
    private long _all;
    private bool _undefined;

    /// <summary>Adds a row; confidence in [0, 1], or NaN.</summary>
    public void Add(double confidence, bool correct)
    {
        _all++;
        if (double.IsNaN(confidence))
        {
            _undefined = true;
            return;
        }
        var cell = LogGrid.CellOf(Math.Log(confidence / (1 - confidence)));
        _rows[cell]++;
        _gap[cell] += (correct ? 1 : 0) - confidence;
    }

    /// <summary>Σ over bins of share·|accuracy − confidence|; NaN when a prediction is.</summary>
    public double Value(int bins)
    {
        if (_undefined || _all == 0) { return double.NaN; }
        var (sum, gap, seen, bin) = (0.0, 0.0, 0L, 1L);
        for (var cell = 0; cell < LogGrid.Cells; cell++)
        {
            (seen, gap) = (seen + _rows[cell], gap + _gap[cell]);
            if (seen * bins < bin * _all) { continue; }
            sum += Math.Abs(gap);
            gap = 0;
            bin = (seen * bins / _all) + 1;
        }
        return sum / _all;
    }
}
