using GrokPipeline.Training.Models;

namespace GrokPipeline.Probes;

/// <summary>One fold or repetition of a linear probe: rows to fit, then rows to score.</summary>
internal sealed class LinearFold
{
    private readonly LinearProbeOptions _options;
    private readonly Seed _seed;
    private readonly string _target;
    private readonly int _classes;
    private readonly int _repeat;
    private readonly int _number;                             // among all folds of all repetitions
    private readonly int[] _labels;                           // in the order of the features: those to fit first
    private readonly int _fitted;
    private readonly Standardized _features;
    private RidgeRegression? _ridge;

    /// <summary>Chooses the rows and standardizes the features.</summary>
    public LinearFold(
        LinearProbeOptions options, Seed seed, string at, Activation activation, int[] labels, int classes, (int Repeat, int Fold) part)
    {
        (_options, _seed, _target, _classes, _repeat) = (options, seed, Title(at, options), classes, part.Repeat);
        _number = options.TrainFraction is null ? (part.Repeat * options.Folds) + part.Fold : part.Repeat;
        var order = Enumerable.Range(0, labels.Length).ToArray();
        seed.Derive($"linear/{at}/{options.Target}/{part.Repeat}").Stream().Shuffle(order.AsSpan());
        order = order[..Math.Min(order.Length, options.MaxRows)];
        if (options.TrainFraction is { } fraction) { _fitted = Math.Clamp((int)(order.Length * fraction), 1, order.Length - 1); }
        else
        {
            var (from, to) = (order.Length * part.Fold / options.Folds, order.Length * (part.Fold + 1) / options.Folds);
            order = [.. order[..from], .. order[to..], .. order[from..to]];
            _fitted = order.Length - (to - from);
        }
        _labels = [.. order.Select(row => labels[row])];
        _features = Standardized.Of(activation, order, _fitted);
    }

    /// <summary>Accuracy on the rows left out first, then on those fitted, then how many were left out.</summary>
    public ProbeFinding[] Score(string probe, string control, bool shuffled)
    {
        var labels = _labels;
        if (shuffled)
        {
            labels = [.. _labels];
            _seed.Derive($"linear/shuffled/{_repeat}").Stream().Shuffle(labels.AsSpan());
        }
        var classifier = _options.Solver == LinearSolver.Ridge
            ? (_ridge ??= new RidgeRegression(_features, _fitted, _options.L2)).Fit(labels, _classes)
            : SoftmaxRegression.Fit(_features, labels.AsSpan(0, _fitted), _classes, _options.L2, _options.MaxIterations).Classifier();
        return
        [
            new(probe, _target, "accuracy", Accuracy(labels, classifier, _fitted, labels.Length), control, _number),
            new(probe, _target, "fit_accuracy", Accuracy(labels, classifier, 0, _fitted), control, _number),
            new(probe, _target, "rows", labels.Length - _fitted, control, _number),
        ];
    }

    // What was read and how, as far as it is not the usual: two probes of one activation are two measures.
    private static string Title(string at, LinearProbeOptions options) =>
        $"{at}{(options.Positions == Positions.All ? ", all positions" : "")} -> {options.Target}"
        + (options.Solver == LinearSolver.Ridge ? ", ridge" : "");

    private double Accuracy(int[] labels, LinearClassifier classifier, int from, int to)
    {
        var right = 0;
        for (var row = from; row < to; row++)
        {
            if (classifier.Predict(_features.Row(row)) == labels[row]) { right++; }
        }
        return (double)right / (to - from);
    }
}
