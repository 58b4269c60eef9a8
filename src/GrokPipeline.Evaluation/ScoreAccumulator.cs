using System.Globalization;
using GrokPipeline.Evaluation.Scores;
using GrokPipeline.Evaluation.Statistics;

namespace GrokPipeline.Evaluation;

/// <summary>
/// Scores in one pass: predictions are added piece by piece, in the order of the rows, and the numbers come at the end. What it holds
/// does not grow with the rows, except for numbers that stay exact up to a stated count. The same rows in other pieces give the same
/// numbers.
/// </summary>
public sealed class ScoreAccumulator
{
    private const int RowsAt = 0, LossAt = 1, BrierAt = 2, MarginAt = 3, BinsAt = 4;

    private readonly EvaluationOptions _options;
    private readonly string? _group;
    private readonly IReadOnlyDictionary<long, double>? _shares;
    private readonly Seed _seed;
    private readonly BlockSums _blocks;
    private readonly bool _sums;
    private readonly bool _byClass;
    private readonly RateSums _classes = new();
    private readonly RateSums _groups = new();
    private readonly MassCalibration? _mass;
    private readonly QuantileSketch? _margins;
    private readonly RocAreas? _areas;
    private long[] _positions = [];                     // right tokens at each position of an answer of several
    private long _correct;

    /// <summary>Begins without rows.</summary>
    /// <param name="classes">Classes that the model tells apart.</param>
    /// <param name="options">Metrics, bins, intervals.</param>
    /// <param name="seed">Of the bootstrap.</param>
    /// <param name="group">The name of the column of groups; null for none.</param>
    /// <param name="trainShares">Each group's share of the rows of train, for <c>adjusted_accuracy</c>; null when not known.</param>
    public ScoreAccumulator(
        int classes, EvaluationOptions options, Seed seed, string? group = null, IReadOnlyDictionary<long, double>? trainShares = null)
    {
        (_options, _seed, _group, _shares) = (options, seed, group, trainShares);
        _blocks = new BlockSums(BinsAt + (Wants("ece") ? options.EceBins : 0));
        _sums = options.Metrics.Any(name => name is "loss" or "brier" or "margin" or "ece");
        _byClass = options.PerClass || Wants("balanced_accuracy") || Wants("auroc");
        _mass = Wants("ece_mass") ? new MassCalibration() : null;
        _margins = Wants("margin_q05") ? new QuantileSketch() : null;
        _areas = Wants("auroc") ? new RocAreas(classes) : null;
    }

    /// <summary>Rows added so far.</summary>
    public long Rows { get; private set; }

    /// <summary>What the predictions must hold at least.</summary>
    public PredictionParts Needs => _options.Needs(_group is not null);

    /// <summary>Adds rows.</summary>
    /// <param name="predictions">One per row.</param>
    /// <param name="groups">The group of each row; empty without a column of groups.</param>
    /// <exception cref="ArgumentException">The predictions hold less than <see cref="Needs"/>.</exception>
    public void Add(Predictions predictions, ReadOnlySpan<long> groups)
    {
        if (predictions.AnswerLength > 1) { AddPositions(predictions); }
        else if (predictions.Parts < Needs)
        {
            throw new ArgumentException($"The metrics need {Needs}; the predictions hold {predictions.Parts}.", nameof(predictions));
        }
        _correct += predictions.Correct;
        if (_sums) { AddSums(predictions); }
        AddRates(predictions, groups);
        Rows += predictions.Rows;
        if (_positions.Length == 0) { _areas?.Add(predictions); }
    }

    /// <summary>All numbers: of all rows, then per class and per group where asked for, then worst group and mean over groups.</summary>
    /// <exception cref="GrokException">There is not one row.</exception>
    public IReadOnlyList<Score> Finish()
    {
        if (Rows == 0) { throw new GrokException("there are no rows.", "Give at least one row."); }
        var intervals = Resampled();
        var scores = _options.Metrics.Select(name => OfAll(name, intervals)).ToList();
        scores.AddRange(_positions.Select((correct, at) => new Score(
            Name("position", at), "accuracy", Wilson.Of(correct, Rows, _options.Interval.Level), Rows, correct)));
        if (_options.PerClass) { scores.AddRange(Values("class", _classes)); }
        if (_areas is not null && _options.PerClass && _positions.Length == 0)
        {
            scores.AddRange(_areas.Areas().Select((area, c) => new Score(
                Name("class", c), "auroc", None(area), _classes.Values.FirstOrDefault(pair => pair.Key == c).Value?.Rows ?? 0, 0)));
        }
        if (_group is null) { return scores; }
        var groups = Values(_group, _groups).ToArray();
        scores.AddRange(groups);
        var accuracies = groups.Where(score => score.Metric == "accuracy").ToArray();
        var worst = accuracies.MinBy(score => score.Value.Value)!;                          // not null: every row has a group
        scores.Add(worst with { Metric = Metric.WorstGroup });
        var mean = Combined.WeightedRates(accuracies.Select(s => (s.Correct, s.Rows, 1.0 / accuracies.Length)), _options.Interval.Level);
        scores.Add(new(Scorer.AllRows, Metric.MeanGroup, mean, Rows, _correct));
        return scores;
    }

    private static Interval None(double value) => new(value, double.NaN, double.NaN);

    private static string Name(string column, long value) => string.Create(CultureInfo.InvariantCulture, $"{column}={value}");

    private bool Wants(string metric) => _options.Metrics.Contains(metric);

    private void AddPositions(Predictions predictions)
    {
        var length = predictions.AnswerLength;
        if (_positions.Length == 0) { _positions = new long[length]; }
        for (var at = 0; at < predictions.Targets.Length; at++)
        {
            if (predictions.Predicted[at] == predictions.Targets[at]) { _positions[at % length]++; }
        }
    }

    private void AddSums(Predictions predictions)
    {
        var (loss, confidence, brier, margin) = (predictions.Loss, predictions.Confidence, predictions.SquaredError, predictions.Margin);
        for (var row = 0; row < predictions.Rows; row++)
        {
            var sums = _blocks.Of(Rows + row);
            sums[RowsAt]++;
            sums[LossAt] += loss[row];
            sums[BrierAt] += brier[row];
            sums[MarginAt] += margin[row];
            if (sums.Length == BinsAt) { continue; }
            // Guo et al. 2017, equation 3: a bin's gap times its share is Σ (correct − confidence) over the number of all rows.
            sums[BinsAt + BinOf(confidence[row])] += (predictions.IsRight(row) ? 1 : 0) - confidence[row];
        }
    }

    private void AddRates(Predictions predictions, ReadOnlySpan<long> groups)
    {
        if (!_byClass && _group is null && _mass is null && _margins is null) { return; }
        for (var row = 0; row < predictions.Rows; row++)
        {
            var right = predictions.IsRight(row);
            if (_byClass && _positions.Length == 0) { _classes.Add(predictions.Targets[row], right, predictions.Loss[row]); }
            if (_group is not null) { _groups.Add(groups[row], right, predictions.Loss[row]); }
            _mass?.Add(predictions.Confidence[row], right);
            _margins?.Add(predictions.Margin[row]);
        }
    }

    // Bins are closed above: 0.2 of 5 bins is in the first. NaN makes every sum of its bin NaN.
    private int BinOf(double confidence) =>
        double.IsNaN(confidence) ? 0 : Math.Clamp((int)Math.Ceiling(confidence * _options.EceBins) - 1, 0, _options.EceBins - 1);

    private Dictionary<string, Interval> Resampled()
    {
        var all = new Dictionary<string, Func<double[], double>>(StringComparer.Ordinal)
        {
            ["loss"] = sums => sums[LossAt] / sums[RowsAt],
            ["brier"] = sums => sums[BrierAt] / sums[RowsAt],
            ["margin"] = sums => sums[MarginAt] / sums[RowsAt],
            ["ece"] = sums =>
            {
                var sum = 0.0;
                for (var bin = BinsAt; bin < sums.Length; bin++) { sum += Math.Abs(sums[bin]); }
                return sum / sums[RowsAt];
            },
        };
        var names = _options.Metrics.Where(all.ContainsKey).Distinct().ToArray();
        if (names.Length == 0) { return []; }
        var statistics = names.Select(name => all[name]).ToArray();
        var total = _blocks.Total();
        var intervals = _blocks.Intervals(
            Rows, statistics, [.. statistics.Select(statistic => statistic(total))], _options.Interval.Resamples, _options.Interval.Level,
            _seed.Derive("bootstrap"));
        return names.Zip(intervals).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }

    private Score OfAll(string name, Dictionary<string, Interval> resampled)
    {
        var level = _options.Interval.Level;
        if (_positions.Length > 0 && Metric.IsOfOneToken(name))
        {
            return new(
                Scorer.AllRows, name, None(double.NaN), Rows, _correct,
                $"Says something of answers of one token; these have {_positions.Length}.");
        }
        var note = "";
        var value = name switch
        {
            "accuracy" => Wilson.Of(_correct, Rows, level),
            "balanced_accuracy" => Balanced(level),
            "adjusted_accuracy" => Adjusted(level, out note),
            "ece_mass" => None(_mass!.Value(_options.EceBins)),                             // not null: it was asked for
            "margin_q05" => _margins!.Of(0.05, level),                                      // not null: it was asked for
            "auroc" => Area(out note),
            _ => resampled[name],
        };
        return new(Scorer.AllRows, name, value, Rows, _correct, note);
    }

    private Interval Balanced(double level)
    {
        var classes = _classes.Values.Select(pair => pair.Value).ToArray();
        return Combined.WeightedRates(classes.Select(sums => (sums.Correct, sums.Rows, 1.0 / classes.Length)), level);
    }

    // Weights are shares of train among the groups that have rows here; what train has besides cannot be seen here.
    private Interval Adjusted(double level, out string note)
    {
        note = "";
        if (_group is null || _shares is null)
        {
            note = _group is null ? "There is no column of groups." : "The shares of the groups in train are not known.";
            return None(double.NaN);
        }
        var parts = _groups.Values.Select(pair => (pair.Value.Correct, pair.Value.Rows, Weight: _shares.GetValueOrDefault(pair.Key)))
            .Where(part => part.Weight > 0).ToArray();
        var total = parts.Sum(part => part.Weight);
        if (total == 0)
        {
            note = "No group of these rows has a row in train.";
            return None(double.NaN);
        }
        if (total < 1 - 1e-9)
        {
            note = string.Create(
                CultureInfo.InvariantCulture, $"Groups with {total:P0} of train have rows here; their weights add up to 1.");
        }
        return Combined.WeightedRates(parts.Select(part => (part.Correct, part.Rows, part.Weight / total)), level);
    }

    private Interval Area(out string note)
    {
        var value = _areas!.Macro(_options.Interval, _seed.Derive("auroc"));                // not null: it was asked for
        note = !double.IsNaN(value.Value)
            ? "" : _classes.Values.Count() == 1 ? "All rows are of one class." : "A logit is not a number.";
        return value;
    }

    private IEnumerable<Score> Values(string column, RateSums sums) => sums.Values.SelectMany(pair => (Score[])
    [
        new(Name(column, pair.Key), "accuracy", Wilson.Of(pair.Value.Correct, pair.Value.Rows, _options.Interval.Level), pair.Value.Rows,
            pair.Value.Correct),
        new(Name(column, pair.Key), "loss", None(pair.Value.Loss / pair.Value.Rows), pair.Value.Rows, pair.Value.Correct),
    ]);
}
