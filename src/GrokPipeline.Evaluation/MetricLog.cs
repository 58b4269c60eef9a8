using System.Collections.Immutable;
using GrokPipeline.Tables;

namespace GrokPipeline.Evaluation;

/// <summary>
/// What a training measured, the rows of <c>metrics.parquet</c>, as one column for each split and metric. It has the evaluated steps, those
/// with an accuracy; a number that was not measured at one of them is NaN.
/// </summary>
public sealed class MetricLog
{
    private const string Accuracy = "accuracy", Loss = "loss";

    private readonly Dictionary<(string Split, string Metric), double[]> _columns = [];

    private MetricLog(IReadOnlyCollection<(long Step, string Split, string Metric, double Value)> rows)
    {
        Steps = [.. rows.Where(row => row.Metric == Accuracy).Select(row => row.Step).Distinct().Order()];
        Splits = [.. rows.Where(row => row.Metric == Accuracy).Select(row => row.Split).Distinct()];
        var places = Steps.Select((step, i) => (step, i)).ToDictionary(pair => pair.step, pair => pair.i);
        foreach (var (step, split, metric, value) in rows)
        {
            if (!places.TryGetValue(step, out var place)) { continue; }
            if (!_columns.TryGetValue((split, metric), out var column))
            {
                _columns[(split, metric)] = column = new double[Steps.Length];
                Array.Fill(column, double.NaN);
            }
            column[place] = value;
        }
    }

    /// <summary>The evaluated steps, ascending.</summary>
    public ImmutableArray<long> Steps { get; }

    /// <summary>Splits with an accuracy, in the order in which they first occur.</summary>
    public ImmutableArray<string> Splits { get; }

    /// <summary>A log from its rows, in any order.</summary>
    public static MetricLog Of(IEnumerable<(long Step, string Split, string Metric, double Value)> rows) => new([.. rows]);

    /// <summary>A log from the table <c>metrics.parquet</c>.</summary>
    public static MetricLog Of(Table metrics)
    {
        var (steps, values) = (metrics.Int64("step").ToArray(), metrics.Float64("value").ToArray());
        var (splits, names) = (metrics.Text("split"), metrics.Text("metric"));
        return Of(Enumerable.Range(0, metrics.Rows).Select(i => (steps[i], splits[i] ?? "", names[i] ?? "", values[i])));
    }

    /// <summary>The numbers of a split and metric, one for each evaluated step; null when it was never measured.</summary>
    /// <param name="split">The split, or <c>model</c>.</param>
    /// <param name="metric">The metric.</param>
    public IReadOnlyList<double>? Values(string split, string metric) => _columns.GetValueOrDefault((split, metric));

    /// <summary>Accuracies and losses on the splits that definitions name; NaN where there are none.</summary>
    /// <param name="options">Names the splits of memorization and of generalization.</param>
    public IReadOnlyList<CurvePoint> Curve(GrokkingOptions options)
    {
        var (train, test) = (options.Memorization.Split, options.Generalization.Split);
        var (trainAccuracy, testAccuracy) = (Values(train, Accuracy), Values(test, Accuracy));
        var (trainLoss, testLoss) = (Values(train, Loss), Values(test, Loss));
        return [.. Steps.Select((step, i) => new CurvePoint(
            step, At(trainAccuracy, i), At(testAccuracy, i), At(trainLoss, i), At(testLoss, i)))];
    }

    private static double At(IReadOnlyList<double>? column, int place) => column?[place] ?? double.NaN;
}
