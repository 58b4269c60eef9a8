using GrokPipeline.Evaluation;
using GrokPipeline.Tables;
using GrokPipeline.Training;

namespace GrokPipeline.Stages.Trainings;

/// <summary>From measurements to the verdict.</summary>
internal static class GrokkingCurve
{
    /// <summary>The verdict on what was measured.</summary>
    public static GrokkingVerdict Judge(IEnumerable<(long Step, Measurement Measurement)> rows, GrokkingOptions options) =>
        Grokking.Analyze(Points(rows, options), options);

    /// <summary>The accuracies that the verdict is read from, by step, and the losses.</summary>
    public static IReadOnlyList<CurvePoint> Points(IEnumerable<(long Step, Measurement Measurement)> rows, GrokkingOptions options) =>
        MetricLog.Of(rows.Select(row => (row.Step, row.Measurement.Split, row.Measurement.Metric, row.Measurement.Value))).Curve(options);

    /// <summary>The verdict on a table of metrics.</summary>
    public static GrokkingVerdict Judge(Table metrics, GrokkingOptions options) => Judge(Rows(metrics), options);

    /// <summary>The rows of a table of metrics.</summary>
    public static List<(long Step, Measurement Measurement)> Rows(Table metrics)
    {
        var (steps, values) = (metrics.Int64("step").ToArray(), metrics.Float64("value").ToArray());
        var (splits, names) = (metrics.Text("split"), metrics.Text("metric"));
        var rows = new List<(long, Measurement)>(metrics.Rows);
        for (var i = 0; i < metrics.Rows; i++) { rows.Add((steps[i], new Measurement(splits[i] ?? "", names[i] ?? "", values[i]))); }
        return rows;
    }

    /// <summary>An outcome in words: <c>memorized only</c>.</summary>
    public static string Name(GrokkingOutcome outcome) => Configuration.OptionTypes.SnakeCase(outcome.ToString()).Replace('_', ' ');
}
