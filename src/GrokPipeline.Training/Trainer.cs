using System.Collections.Immutable;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training.Measures;

namespace GrokPipeline.Training;

/// <summary>Why a training ended.</summary>
public enum TrainingEnding
{
    /// <summary>It did not: it has not begun, or records are still to come.</summary>
    None,

    /// <summary>All steps were made.</summary>
    Finished,

    /// <summary>It was asked to stop; <see cref="Trainer.Snapshot"/> resumes it.</summary>
    Cancelled,

    /// <summary>Loss, gradient or weights were not finite.</summary>
    Nonfinite,
}

/// <summary>
/// The loop: a compiled step in, a stream of records out; no files, no clock. Files and progress are made by whoever reads the stream.
/// </summary>
/// <remarks>
/// Same plan, same engine, same state: same records and the same bytes of state, wherever the training was interrupted before.
/// Serves one thread, one stream at a time.
/// </remarks>
public sealed class Trainer : ITrainer
{
    private readonly TrainingPlan _plan;
    private readonly TrainStep _step;
    private readonly CompiledTraining _compiled;
    private readonly bool _owns;
    private readonly ISession _session;
    private readonly Scorer _scorer;
    private readonly EvaluationMeasures? _measures;
    private readonly Feeder _feeder;
    private readonly HostInputs _host;
    private readonly ImmutableArray<KeyValuePair<string, double>> _rates;          // the optimizer's own first
    private readonly Tensor _scalar = new(TensorType.Float32([]));
    private ImmutableSortedDictionary<string, Tensor>? _present;
    private TrainingState? _snapshot;
    private long _stepsMade;

    /// <summary>Encodes the rows and compiles two graphs: the step and the scoring.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="compile">The engine; sessions are disposed of with the trainer.</param>
    /// <exception cref="GrokException">The rows do not fit the model, or the engine refuses a graph.</exception>
    public Trainer(TrainingPlan plan, Func<Graph, ISession> compile)
        : this(plan, EncodedRows.Of(plan), new CompiledTraining(TrainingGraphs.Of(plan), compile), owns: true)
    {
    }

    /// <summary>Uses what other trainings use too: rows at the same time, compiled graphs one after another.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="rows">The plan's rows.</param>
    /// <param name="compiled">Graphs with the identity of the plan's; not disposed of with the trainer.</param>
    public Trainer(TrainingPlan plan, EncodedRows rows, CompiledTraining compiled)
        : this(plan, rows, compiled, owns: false)
    {
    }

    private Trainer(TrainingPlan plan, EncodedRows rows, CompiledTraining compiled, bool owns)
    {
        (_plan, _compiled, _owns, _step, _session) = (plan, compiled, owns, compiled.Graphs.Step, compiled.Session);
        _feeder = new(rows, _step.Batch, plan.Seed);
        _host = new(_step, plan.Seed, () => First().Parameters);
        _rates = plan.Optimizer.RateInputs();
        _measures = EvaluationMeasures.Of(plan, rows, compiled);
        _scorer = new(compiled.Scoring, rows, plan.Loss, plan.Model, _measures?.Rows);
    }

    /// <summary>
    /// True, the default: <see cref="LastHealthy"/> is kept, which copies the state at each evaluation. False leaves it null; scores and
    /// steps are the same.
    /// </summary>
    public bool KeepsHealthy { get; init; } = true;

    /// <summary>Why the last stream ended.</summary>
    public TrainingEnding Ending { get; private set; }

    /// <summary>
    /// The last evaluated state in which all was finite; the first state when there was none yet. Null before the first stream, and when
    /// it is not kept.
    /// </summary>
    public TrainingState? LastHealthy { get; private set; }

    /// <summary>
    /// Trains, one step for each record taken. From the beginning the first record is that of step 0; from a state it is that of the step
    /// after it.
    /// </summary>
    /// <param name="from">Where to go on; null to begin.</param>
    /// <param name="cancellation">Looked at between steps; the stream then ends, and <see cref="Ending"/> says so.</param>
    /// <exception cref="GrokException">The state is of another model or optimizer.</exception>
    public IEnumerable<StepRecord> Run(TrainingState? from = null, CancellationToken cancellation = default) =>
        Records(from, everyStep: true, cancellation);

    /// <summary>
    /// Trains as <see cref="Run"/> does and gives only the records that tell of an evaluation or of numbers that are not finite. Between
    /// two of them nothing is allocated.
    /// </summary>
    /// <param name="from">Where to go on; null to begin.</param>
    /// <param name="cancellation">Looked at between steps; the stream then ends, and <see cref="Ending"/> says so.</param>
    /// <exception cref="GrokException">The state is of another model or optimizer.</exception>
    public IEnumerable<StepRecord> RunEvaluations(TrainingState? from = null, CancellationToken cancellation = default) =>
        Records(from, everyStep: false, cancellation);

    /// <summary>The state after the last record taken; a copy, taken once for each step.</summary>
    public TrainingState Snapshot() => _snapshot ??= new(
        _stepsMade,
        _plan.Model.Parameters.ToImmutableSortedDictionary(spec => spec.Name, spec => Read(spec.Name, spec.Type), StringComparer.Ordinal),
        _step.OptimizerState.ToImmutableSortedDictionary(spec => spec.Name, spec => Read(spec.Name, spec.Type), StringComparer.Ordinal));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_owns) { _compiled.Dispose(); }
    }

    private IEnumerable<StepRecord> Records(TrainingState? from, bool everyStep, CancellationToken cancellation)
    {
        Restore(from ?? First());
        Ending = TrainingEnding.None;
        if (from is null)
        {
            yield return new(0, null, null, 0, Evaluate());
        }
        while (_stepsMade < _plan.Steps)
        {
            if (cancellation.IsCancellationRequested)
            {
                Ending = TrainingEnding.Cancelled;
                yield break;
            }
            if (Next(everyStep) is not { } record) { continue; }
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

    // One step; null when its record would tell nothing and was not asked for.
    private StepRecord? Next(bool always)
    {
        var step = _stepsMade + 1;
        var share = _plan.Schedule.Factor(step, _plan.Steps);
        var rate = _rates[0].Value * share;
        foreach (var (input, full) in _rates) { WriteScalar(input, full * share); }
        var evaluated = _plan.Evaluate.Includes(step, _plan.Steps);
        if (evaluated && _measures is { LooksBefore: true }) { _measures.Before(Present()); }
        _feeder.Feed(_session, _stepsMade);
        _host.Feed(_session, _stepsMade);
        _session.Run();
        (_stepsMade, _snapshot) = (step, null);
        var (loss, norm) = (ReadScalar("loss"), ReadScalar("gradient_norm"));
        var finite = double.IsFinite(loss) && double.IsFinite(norm);
        return always || evaluated || !finite ? new(step, loss, norm, rate, evaluated ? Evaluate(finite, norm) : null) : null;
    }

    // The gradient's norm is null at step 0.
    private StepScores Evaluate(bool finite = true, double? gradientNorm = null)
    {
        var parameters = KeepsHealthy ? Snapshot().Parameters : Present();
        var evaluation = _scorer.Score(parameters);
        if (KeepsHealthy && finite && double.IsFinite(evaluation.WeightNorm)) { LastHealthy = Snapshot(); }
        return _measures is null
            ? evaluation
            : evaluation with { Further = _measures.After(parameters, evaluation, gradientNorm is { } norm ? Cosine(norm) : null) };
    }

    // Of the direction of descent and the parameters before the step.
    private double Cosine(double gradientNorm) => _measures is { Aligned: true }
        ? -ReadScalar(StepScalar.GradientDotParameters.Name) / (gradientNorm * ReadScalar(StepScalar.ParameterNorm.Name))
        : double.NaN;

    // The parameters as they are now, in tensors that the next call fills again.
    private ImmutableSortedDictionary<string, Tensor> Present()
    {
        _present ??= _plan.Model.Parameters.ToImmutableSortedDictionary(
            spec => spec.Name, spec => new Tensor(spec.Type), StringComparer.Ordinal);
        foreach (var (name, tensor) in _present) { _session.Read(name, tensor); }
        return _present;
    }

    private TrainingState First() => new(
        0, _plan.FirstParameters(), _plan.Start is { Optimizer.Count: > 0 } kept ? kept.Optimizer : _step.OptimizerState
            .ToImmutableSortedDictionary(spec => spec.Name, spec => new Tensor(spec.Type), StringComparer.Ordinal));

    private void Restore(TrainingState state)
    {
        Expect(state.Parameters, _plan.Model.Parameters.Select(spec => new StateSpec(spec.Name, spec.Type)), "model");
        Expect(state.Optimizer, _step.OptimizerState, "optimizer");
        foreach (var (name, tensor) in state.Parameters.Concat(state.Optimizer)) { _session.Write(name, tensor); }
        foreach (var (name, number) in _plan.Optimizer.SettingInputs()) { WriteScalar(name, number); }
        _feeder.Begin();
        _host.Begin(_session);
        (_stepsMade, _snapshot, LastHealthy) = (state.Step, state, KeepsHealthy ? state : null);
    }

    private static void Expect(ImmutableSortedDictionary<string, Tensor> found, IEnumerable<StateSpec> wanted, string whose)
    {
        var count = 0;
        foreach (var spec in wanted)
        {
            count++;
            if (!found.TryGetValue(spec.Name, out var tensor) || tensor.Type != spec.Type)
            {
                throw OtherState(whose, $"it has {tensor?.Type.ToString() ?? "no"} '{spec.Name}', {spec.Type} is needed");
            }
        }
        if (found.Count != count) { throw OtherState(whose, $"it has {found.Count} tensors, {count} are needed"); }
    }

    private static GrokException OtherState(string whose, string how) => new(
        $"The state to go on from is of another {whose}: {how}.", "Go on with the options it was made with, or begin anew.",
        kind: ProblemKind.Integrity);

    private Tensor Read(string name, TensorType type)
    {
        var tensor = new Tensor(type);
        _session.Read(name, tensor);
        return tensor;
    }

    private double ReadScalar(string name)
    {
        _session.Read(name, _scalar);
        return _scalar.AsSpan<float>()[0];
    }

    private void WriteScalar(string name, double number)
    {
        _scalar.AsSpan<float>()[0] = (float)number;
        _session.Write(name, _scalar);
    }
}
