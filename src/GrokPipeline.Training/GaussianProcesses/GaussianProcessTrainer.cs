using System.Collections.Immutable;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Training.GaussianProcesses;

/// <summary>
/// Trains a <see cref="GaussianProcess"/>: a step goes along the gradient of Laplace's evidence, a mean over rows and classes, by length
/// scales and deviation, and fits the process anew. The batch loss of a record is the negative evidence before the step.
/// </summary>
/// <remarks>The kernel's numbers are rounded to float32 after each step, so that a stored state goes on with the same bytes.</remarks>
public sealed class GaussianProcessTrainer : ITrainer
{
    private readonly TrainingPlan _plan;
    private readonly GaussianProcess _model;
    private readonly ISession _session;
    private readonly Scorer _scorer;
    private readonly Tensor _inputs;
    private readonly RadialKernel _kernel;
    private readonly ImmutableArray<bool[]> _labels;
    private long _stepsMade;
    private double[] _scales = [];
    private double _deviation;
    private Fit? _fit;
    private TrainingState? _snapshot;

    /// <summary>Encodes the rows and compiles the graph that scores.</summary>
    /// <param name="plan">What to do; its model is a <see cref="GaussianProcess"/>.</param>
    /// <param name="compile">The engine; the session is disposed of with the trainer.</param>
    /// <exception cref="GrokException">The rows do not fit the model, or the optimizer is another one than sgd.</exception>
    public GaussianProcessTrainer(TrainingPlan plan, Func<Graph, ISession> compile)
    {
        (_plan, _model) = (plan, (GaussianProcess)plan.Model);
        var isChanged = plan.Noise is not null || plan.Penalty is not null;
        var problems = Problems(_model, plan.Optimizer, plan.BatchSize, plan.Further, plan.Start is not null, isChanged);
        if (problems.FirstOrDefault() is { } problem)
        {
            throw new GrokException(problem, "");
        }
        if (plan.Train.Rows != _model.Rows)
        {
            throw new GrokException(
                $"Train has {plan.Train.Rows} rows; the gaussian_process was told of {_model.Rows}.",
                $"Give 'rows: {plan.Train.Rows}' to the model; at most 1000.");
        }
        var rows = EncodedRows.Of(plan);
        _inputs = rows.Inputs;
        _kernel = new(rows.Inputs.AsSpan<float>().ToArray(), plan.Train.Rows);
        var classes = rows.Targets.AsSpan<long>().ToArray();
        _labels = [.. Enumerable.Range(0, _model.Classes).Select(own => Array.ConvertAll(classes, label => label == own))];
        _session = compile(_model.Build(rows.ScoreBatch).ToGraph("score"));
        _scorer = new(_session, rows, plan.Loss, _model);
    }

    /// <inheritdoc/>
    public TrainingEnding Ending { get; private set; }

    /// <inheritdoc/>
    public TrainingState? LastHealthy { get; private set; }

    /// <summary>What keeps a process from being trained so; nothing when it can be.</summary>
    /// <param name="model">The process.</param>
    /// <param name="optimizer">How gradients become updates.</param>
    /// <param name="batch">Rows of a step; null for all.</param>
    /// <param name="further">Names of further metrics that are asked for.</param>
    /// <param name="starts">True when it is to begin with another training's values.</param>
    /// <param name="isChanged">True when noise or a penalty is asked for.</param>
    public static IEnumerable<string> Problems(
        GaussianProcess model, Optimizer optimizer, int? batch, IEnumerable<string> further, bool starts, bool isChanged)
    {
        if (starts) { yield return "a gaussian_process does not begin with another training's values; leave start out."; }
        if (isChanged) { yield return "a gaussian_process has neither noise nor penalty; leave them out."; }
        if (optimizer is not Sgd { Options: { Momentum: 0, L2: 0, Gradient: null, Clamp: null, Groups.IsEmpty: true } })
        {
            yield return "a gaussian_process is trained by plain steps along the gradient of its evidence; "
                + "use optimizer: { kind: sgd, learning_rate: … } and nothing else of it.";
        }
        if (batch is not null && batch != model.Rows) { yield return "a gaussian_process needs all rows in a step; use batch: full."; }
        foreach (var name in further) { yield return $"{name} is not measured of a gaussian_process. Leave it out."; }
    }

    /// <inheritdoc/>
    public IEnumerable<StepRecord> Run(TrainingState? from = null, CancellationToken cancellation = default)
    {
        Restore(from);
        Ending = TrainingEnding.None;
        if (from is null) { yield return new(0, null, null, 0, Evaluate()); }
        while (_stepsMade < _plan.Steps)
        {
            if (cancellation.IsCancellationRequested)
            {
                Ending = TrainingEnding.Cancelled;
                yield break;
            }
            var record = Next();
            if (!record.IsFinite && _plan.OnNonfinite == NonfinitePolicy.Stop)
            {
                Ending = TrainingEnding.Nonfinite;
                yield return record;
                yield break;
            }
            yield return record;
        }
        Ending = TrainingEnding.Finished;
    }

    /// <inheritdoc/>
    public TrainingState Snapshot() => _snapshot ??= new(
        _stepsMade,
        new Dictionary<string, Tensor>
        {
            [GaussianProcess.LogScale] = Floats([_scales.Length], _scales),
            [GaussianProcess.LogDeviation] = Floats([1], [_deviation]),
            [GaussianProcess.Inputs] = _inputs,
            [GaussianProcess.Alpha] = Alpha(),
        }.ToImmutableSortedDictionary(StringComparer.Ordinal),
        ImmutableSortedDictionary<string, Tensor>.Empty);

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private StepRecord Next()
    {
        var (step, fit) = (_stepsMade + 1, Fitted());
        var rate = _plan.Optimizer.LearningRate * _plan.Schedule.Factor(step, _plan.Steps);
        var (ofScales, share) = (new double[_scales.Length], 1.0 / (_model.Rows * _model.Classes));
        var sensitivity = new double[_model.Rows * _model.Rows];
        foreach (var own in fit.Classes) { own.AddSensitivity(sensitivity); }
        var ofDeviation = _kernel.Gradient(fit.Kernel, sensitivity, _scales, ofScales);
        var squares = ofDeviation * ofDeviation;
        for (var k = 0; k < _scales.Length; k++)
        {
            squares += ofScales[k] * ofScales[k];
            _scales[k] = (float)(_scales[k] + (rate * share * ofScales[k]));
        }
        _deviation = (float)(_deviation + (rate * share * ofDeviation));
        (_stepsMade, _fit, _snapshot) = (step, null, null);
        var loss = -fit.Classes.Sum(own => own.LogEvidence) * share;
        var evaluated = _plan.Evaluate.Includes(step, _plan.Steps);
        return new(step, loss, Math.Sqrt(squares) * share, rate, evaluated ? Evaluate() : null);
    }

    private StepScores Evaluate()
    {
        var scores = _scorer.Score(Snapshot().Parameters);
        if (double.IsFinite(scores.WeightNorm)) { LastHealthy = Snapshot(); }
        return scores;
    }

    private void Restore(TrainingState? state)
    {
        var parameters = state?.Parameters ?? _model.Initialize(_plan.Seed);
        foreach (var spec in _model.Parameters)
        {
            if (parameters.TryGetValue(spec.Name, out var tensor) && tensor.Type == spec.Type) { continue; }
            throw new GrokException(
                $"The state to resume from is of another model: it has {tensor?.Type.ToString() ?? "no"} '{spec.Name}', "
                + $"{spec.Type} is needed.",
                "Resume with the options it was made with, or begin anew.", kind: ProblemKind.Integrity);
        }
        _scales = Array.ConvertAll(parameters[GaussianProcess.LogScale].AsSpan<float>().ToArray(), x => (double)x);
        _deviation = parameters[GaussianProcess.LogDeviation].AsSpan<float>()[0];
        (_stepsMade, _fit, _snapshot, LastHealthy) = (state?.Step ?? 0, null, state, state);
    }

    // The process that belongs to the kernel's present numbers.
    private Fit Fitted()
    {
        if (_fit is { } known) { return known; }
        var kernel = _kernel.Of(_scales, _deviation);
        var classes = new LaplaceFit[_labels.Length];
        Parallel.For(0, classes.Length, own => classes[own] = LaplaceFit.Of(kernel, _labels[own]));
        return _fit = new(kernel, classes);
    }

    private Tensor Alpha()
    {
        var alpha = new Tensor(TensorType.Float32([_model.Rows, _model.Classes]));
        var fit = Fitted();
        var values = alpha.AsSpan<float>();
        for (var own = 0; own < _model.Classes; own++)
        {
            for (var row = 0; row < _model.Rows; row++) { values[(row * _model.Classes) + own] = (float)fit.Classes[own].Weights[row]; }
        }
        return alpha;
    }

    private static Tensor Floats(TensorShape shape, double[] values) => Tensor.Of<float>(shape, Array.ConvertAll(values, x => (float)x));

    private sealed record Fit(double[] Kernel, LaplaceFit[] Classes);
}
