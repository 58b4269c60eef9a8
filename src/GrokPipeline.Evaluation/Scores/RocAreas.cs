using GrokPipeline.Evaluation.Statistics;

namespace GrokPipeline.Evaluation.Scores;

/// <summary>
/// Areas under the ROC curves of one class against the rest: the share of pairs of a row of the class and another row of which the first
/// has the higher log-odds, ties by half (Hanley and McNeil 1982). Exact while rows × classes stay below 2²⁴; beyond, scores are counted
/// in cells of <see cref="LogGrid"/>, and pairs in one cell count as ties: at most half their share is lost or gained.
/// </summary>
internal sealed class RocAreas
{
    /// <summary>Most scores that are kept.</summary>
    internal const int Exact = 1 << 24;

    private const long MostWork = 300_000_000;

    private readonly int _classes;
    private readonly int _most;
    private List<float>? _odds = [];
    private List<int> _targets = [];
    private long[] _own = [];
    private long[] _rest = [];
    private bool _undefined;

    /// <summary>No rows yet.</summary>
    /// <param name="classes">Classes that the model tells apart.</param>
    /// <param name="most">Most scores that are kept.</param>
    public RocAreas(int classes, int most = Exact) => (_classes, _most) = (classes, most);

    /// <summary>Adds rows that carry log-odds.</summary>
    /// <exception cref="ArgumentException">They carry none.</exception>
    public void Add(Predictions predictions)
    {
        if (predictions.LogOdds.Length != predictions.Rows * _classes)
        {
            throw new ArgumentException("auroc needs predictions with log-odds: make them with PredictionParts.LogOdds.", nameof(predictions));
        }
        for (var row = 0; row < predictions.Rows; row++)
        {
            if (predictions.Predicted[row] < 0) { _undefined = true; }
        }
        if (_undefined) { return; }
        if (_odds is not null && _odds.Count + (long)predictions.LogOdds.Length > _most) { Fold(); }
        if (_odds is null)
        {
            for (var row = 0; row < predictions.Rows; row++)
            {
                Count(predictions.LogOdds.AsSpan(row * _classes, _classes), (int)predictions.Targets[row]);
            }
            return;
        }
        _odds.AddRange(predictions.LogOdds);
        foreach (var target in predictions.Targets) { _targets.Add((int)target); }
    }

    /// <summary>One area per class; NaN for a class that no row or every row has, and where a logit was not a number.</summary>
    public double[] Areas() => _undefined
        ? Enumerable.Repeat(double.NaN, _classes).ToArray()
        : _odds is null ? [.. Enumerable.Range(0, _classes).Select(FromCells)] : FromRows(Orders(), null);

    /// <summary>The mean over the classes that have an area, with a bootstrap over rows where that is affordable.</summary>
    public Interval Macro(IntervalOptions interval, Seed seed)
    {
        var value = Mean(Areas());
        var rows = _targets.Count;
        var affordable = _odds is not null && !double.IsNaN(value) && (long)rows * _classes * interval.Resamples <= MostWork;
        if (!affordable) { return new(value, double.NaN, double.NaN); }
        var (orders, times) = (Orders(), new int[rows]);
        return Bootstrap.Of([.. Enumerable.Range(0, rows)], resample =>
        {
            Array.Clear(times);
            foreach (var row in resample) { times[row]++; }
            return Mean(FromRows(orders, times));
        }, interval.Resamples, interval.Level, seed);
    }

    private static double Mean(double[] areas) => areas.Where(area => !double.IsNaN(area)).DefaultIfEmpty(double.NaN).Average();

    // For each class the rows by ascending score, and the scores.
    private (int[] Rows, float[] Scores)[] Orders()
    {
        var orders = new (int[], float[])[_classes];
        for (var c = 0; c < _classes; c++)
        {
            var (rows, scores) = (Enumerable.Range(0, _targets.Count).ToArray(), new float[_targets.Count]);
            for (var row = 0; row < rows.Length; row++) { scores[row] = _odds![(row * _classes) + c]; }      // not null: exact
            Array.Sort(scores, rows);
            orders[c] = (rows, scores);
        }
        return orders;
    }

    // The areas when row r counts times[r] times; null for once each.
    private double[] FromRows((int[] Rows, float[] Scores)[] orders, int[]? times)
    {
        var areas = new double[_classes];
        for (var c = 0; c < _classes; c++)
        {
            var (rows, scores) = orders[c];
            var (pairs, below, all) = (0.0, 0L, 0L);
            for (var i = 0; i < rows.Length;)
            {
                var (own, rest, score) = (0L, 0L, scores[i]);
                for (; i < rows.Length && scores[i] == score; i++)
                {
                    var weight = times?[rows[i]] ?? 1;
                    if (_targets[rows[i]] == c) { own += weight; }
                    else { rest += weight; }
                }
                pairs += own * (below + (rest / 2.0));
                (below, all) = (below + rest, all + own);
            }
            areas[c] = pairs / ((double)all * below);                            // 0/0 where one side has no row
        }
        return areas;
    }

    private double FromCells(int c)
    {
        var (pairs, below, all) = (0.0, 0L, 0L);
        for (var cell = c * LogGrid.Cells; cell < (c + 1) * LogGrid.Cells; cell++)
        {
            pairs += _own[cell] * (below + (_rest[cell] / 2.0));
            (below, all) = (below + _rest[cell], all + _own[cell]);
        }
        return pairs / ((double)all * below);
    }

    private void Fold()
    {
        (_own, _rest) = (new long[_classes * LogGrid.Cells], new long[_classes * LogGrid.Cells]);
        var odds = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_odds);
        for (var row = 0; row < _targets.Count; row++) { Count(odds.Slice(row * _classes, _classes), _targets[row]); }
        (_odds, _targets) = (null, []);
    }

    private void Count(ReadOnlySpan<float> odds, int target)
    {
        for (var c = 0; c < odds.Length; c++)
        {
            var cells = c == target ? _own : _rest;
            cells[(c * LogGrid.Cells) + LogGrid.CellOf(odds[c])]++;
        }
    }
}
