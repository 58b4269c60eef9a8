using System.Globalization;
using GrokPipeline.Data;
using GrokPipeline.Evaluation.Scores;
using GrokPipeline.Evaluation.Statistics;

namespace GrokPipeline.Evaluation;

/// <summary>
/// Scores of predicted real numbers in one pass: rows are added piece by piece, in their order, and the numbers come at the end. The same
/// rows in other pieces give the same numbers.
/// </summary>
/// <param name="facts">Of real targets: how many outputs, and the tolerance.</param>
/// <param name="options">Metrics out of <see cref="Metric.OfReal"/>, intervals; <c>per_class</c> scores each output apart.</param>
/// <param name="seed">Of the bootstrap.</param>
public sealed class RealScores(DatasetFacts facts, EvaluationOptions options, Seed seed)
{
    private const int RowsAt = 0, LossAt = 1, Width = 2;

    private readonly BlockSums _blocks = new(Width);
    private readonly double[] _errors = new double[facts.Outputs];
    private readonly double[] _sums = new double[facts.Outputs];
    private readonly double[] _squares = new double[facts.Outputs];
    private double _loss;
    private long _correct;

    /// <summary>Rows added so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Adds rows.</summary>
    /// <param name="outputs">What the model says, shape [rows, K].</param>
    /// <param name="targets">What is right, same shape.</param>
    public void Add(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets)
    {
        for (var k = facts.Outputs; outputs.Length > 0; outputs = outputs[k..], targets = targets[k..]) { AddRow(outputs[..k], targets); }
    }

    /// <summary>All numbers: of all rows, then, where asked for, of each output.</summary>
    /// <exception cref="GrokException">There is not one row.</exception>
    public IReadOnlyList<Score> Finish()
    {
        if (Rows == 0) { throw new GrokException("there are no rows.", "Give at least one row."); }
        var wanted = options.Metrics.Where(Metric.OfReal.ContainsKey).Distinct().ToArray();
        var scores = wanted.Select(name => new Score(Scorer.AllRows, name, Of(name), Rows, _correct, NoteOf(name))).ToList();
        if (!options.PerClass) { return scores; }
        for (var k = 0; k < facts.Outputs; k++)
        {
            var group = string.Create(CultureInfo.InvariantCulture, $"output={k}");
            if (wanted.Contains("loss")) { scores.Add(new(group, "loss", None(_errors[k] / Rows), Rows, 0)); }
            if (wanted.Contains("r2")) { scores.Add(new(group, "r2", None(Determined(k)), Rows, 0)); }
        }
        return scores;
    }

    private static Interval None(double value) => new(value, double.NaN, double.NaN);

    private void AddRow(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets)
    {
        var sum = 0.0;
        for (var k = 0; k < outputs.Length; k++)
        {
            var (target, error) = ((double)targets[k], (double)outputs[k] - targets[k]);
            sum += error * error;
            _errors[k] += error * error;
            _sums[k] += target;
            _squares[k] += target * target;
        }
        var mean = sum / outputs.Length;
        _loss += mean;
        if (mean < facts.Tolerance) { _correct++; }                               // an error that is NaN is below nothing
        var block = _blocks.Of(Rows++);
        block[RowsAt]++;
        block[LossAt] += mean;
    }

    private Interval Of(string name) => name switch
    {
        "accuracy" => Wilson.Of(_correct, Rows, options.Interval.Level),
        "loss" => _blocks.Intervals(
            Rows, [sums => sums[LossAt] / sums[RowsAt]], [_loss / Rows], options.Interval.Resamples, options.Interval.Level,
            seed.Derive("bootstrap"))[0],
        _ => None(Enumerable.Range(0, facts.Outputs).Average(Determined)),
    };

    private string NoteOf(string name) =>
        name == "r2" && double.IsNaN(Enumerable.Range(0, facts.Outputs).Average(Determined)) ? "An output's targets are all equal." : "";

    // 1 − Σ error² / Σ (target − mean)²; NaN where all targets are equal.
    private double Determined(int output)
    {
        var spread = _squares[output] - (_sums[output] * _sums[output] / Rows);
        return spread > 0 ? 1 - (_errors[output] / spread) : double.NaN;
    }
}
