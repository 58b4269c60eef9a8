using GrokPipeline.Training.Losses;

namespace GrokPipeline.Training.Measures;

/// <summary>What is read off the logits of train, row after row, while they are scored. Its memory is made once.</summary>
internal sealed class RowMeasures
{
    private readonly HashSet<string> _wanted;
    private readonly double[] _margins;
    private readonly int[] _groups;
    private readonly (double Sum, int Rows)[] _sums;
    private readonly int? _degree;
    private int _dead;
    private int _still;

    public RowMeasures(TrainingPlan plan, HashSet<string> wanted)
    {
        (_wanted, _degree) = (wanted, plan.Model.Degree);
        _margins = new double[plan.Train.Rows];
        (_groups, var count) = Groups(plan, wanted.Contains(FurtherMetrics.WorstGroupMargin));
        _sums = new (double, int)[count];
    }

    /// <summary>Forgets the rows of the last evaluation.</summary>
    public void Begin()
    {
        (_dead, _still) = (0, 0);
        Array.Clear(_sums);
    }

    /// <summary>Reads a row of train.</summary>
    public void Add(int row, ReadOnlySpan<float> scores, int target)
    {
        var other = float.NegativeInfinity;
        for (var k = 0; k < scores.Length; k++)
        {
            if (k != target) { other = MathF.Max(other, scores[k]); }                       // NaN stays NaN
        }
        var margin = _margins[row] = (double)scores[target] - other;
        if (_groups.Length > 0)
        {
            var (sum, rows) = _sums[_groups[row]];
            _sums[_groups[row]] = (sum + margin, rows + 1);
        }
        if (_wanted.Contains(FurtherMetrics.DeadFraction) && SoftmaxCollapse.IsDead(scores, target)) { _dead++; }
        if (_wanted.Contains(FurtherMetrics.ZeroGradientFraction) && SoftmaxCollapse.HasZeroGradient(scores, target)) { _still++; }
    }

    /// <summary>The numbers of all rows, after the last one.</summary>
    /// <param name="weightNorm">‖θ‖.</param>
    public IEnumerable<Measurement> Take(double weightNorm)
    {
        Array.Sort(_margins);                                                               // every row is written anew next time
        yield return new("train", FurtherMetrics.DeadFraction, (double)_dead / _margins.Length);
        yield return new("train", FurtherMetrics.ZeroGradientFraction, (double)_still / _margins.Length);
        yield return new("train", FurtherMetrics.MarginMin, _margins[0]);
        yield return new("train", FurtherMetrics.MarginQ05, Quantile());
        if (_degree is { } degree)
        {
            var scale = Enumerable.Repeat(weightNorm, degree).Aggregate(1.0, (power, norm) => power * norm);
            yield return new("train", FurtherMetrics.NormalizedMargin, _margins[0] / scale);
            yield return new("train", FurtherMetrics.NormalizedMarginQ05, Quantile() / scale);
        }
        if (_sums.Length > 0) { yield return new("train", FurtherMetrics.WorstGroupMargin, _sums.Min(group => group.Sum / group.Rows)); }
    }

    // Linear interpolation between order statistics.
    private double Quantile()
    {
        var at = 0.05 * (_margins.Length - 1);
        var below = (int)at;
        var above = Math.Min(below + 1, _margins.Length - 1);
        return _margins[below] + ((at - below) * (_margins[above] - _margins[below]));
    }

    // The number of each row's group, from 0; none when it is not asked for or the data has none.
    private static (int[] Groups, int Count) Groups(TrainingPlan plan, bool wanted)
    {
        if (!wanted || plan.Facts.Group is not { } column) { return ([], 0); }
        var values = plan.Train.Int64(column).ToArray();
        var empty = Enumerable.Range(0, plan.Facts.Groups).Select(group => (long)group).Except(values).ToArray();
        if (empty.Length > 0)
        {
            throw new GrokException(
                $"{FurtherMetrics.WorstGroupMargin} needs rows of every {column} in train; there is none of {string.Join(", ", empty)}.",
                $"Give train at least one row of each, or use {FurtherMetrics.MarginMin}.", "train.metrics");
        }
        var known = values.Distinct().Order().Select((value, i) => (value, i)).ToDictionary(pair => pair.value, pair => pair.i);
        return ([.. values.Select(value => known[value])], known.Count);
    }
}
