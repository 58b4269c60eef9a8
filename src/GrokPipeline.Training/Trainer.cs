using System.Collections.Immutable;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;

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
public sealed class Trainer : IDisposable
{
    private readonly TrainingPlan _plan;
    private readonly TrainStep _step;
    private readonly ISession _session;
    private readonly Scorer _scorer;
    private readonly Feeder _feeder;
    private readonly ImmutableArray<KeyValuePair<string, double>> _rates;          // the optimizer's own first
    private readonly Tensor _scalar = new(TensorType.Float32([]));
    private TrainingState? _snapshot;
    private long _stepsMade;

    /// <summary>Encodes the rows and compiles two graphs: the step and the scoring.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="compile">The engine; sessions are disposed of with the trainer.</param>
    /// <exception cref="GrokException">The rows do not fit the model, or the engine refuses a graph.</exception>
    public Trainer(TrainingPlan plan, Func<Graph, ISession> compile)
    {
        _plan = plan;
        _feeder = new(plan);
        _rates = plan.Optimizer.RateInputs();
        _step = TrainStep.Of(plan.Model, _feeder.BatchSize, plan.Optimizer, plan.Loss);
        _session = compile(_step.Graph);
        _scorer = new(plan.Model, plan.Facts, plan.Loss, plan.Scored.Insert(0, new("train", plan.Train)), plan.ScoreRows, compile);
    }

    /// <summary>Why the last stream ended.</summary>
    public TrainingEnding Ending { get; private set; }

    /// <summary>The last evaluated state in which all was finite; the first state when there was none yet.</summary>
    public TrainingState? LastHealthy { get; private set; }

    /// <summary>
    /// Trains, one step for each record taken. From the beginning the first record is that of step 0; from a state it is that of the step
    /// after it.
    /// </summary>
    /// <param name="from">Where to go on; null to begin.</param>
    /// <param name="cancellation">Looked at between steps; the stream then ends, and <see cref="Ending"/> says so.</param>
    /// <exception cref="GrokException">The state is of another model or optimizer.</exception>
    public IEnumerable<StepRecord> Run(TrainingState? from = null, CancellationToken cancellation = default)
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

    /// <summary>The state after the last record taken; a copy, taken once for each step.</summary>
    public TrainingState Snapshot() => _snapshot ??= new(
        _stepsMade,
        _plan.Model.Parameters.ToImmutableSortedDictionary(spec => spec.Name, spec => Read(spec.Name, spec.Type), StringComparer.Ordinal),
        _step.OptimizerState.ToImmutableSortedDictionary(spec => spec.Name, spec => Read(spec.Name, spec.Type), StringComparer.Ordinal));

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _scorer.Dispose();
    }

    private StepRecord Next()
    {
        var step = _stepsMade + 1;
        var share = _plan.Schedule.Factor(step, _plan.Steps);
        var rate = _rates[0].Value * share;
        foreach (var (input, full) in _rates) { WriteScalar(input, full * share); }
        _feeder.Feed(_session, _stepsMade);
        _session.Run();
        (_stepsMade, _snapshot) = (step, null);
        var (loss, norm) = (ReadScalar("loss"), ReadScalar("gradient_norm"));
        var finite = double.IsFinite(loss) && double.IsFinite(norm);
        return new(step, loss, norm, rate, _plan.Evaluate.Includes(step, _plan.Steps) ? Evaluate(finite) : null);
    }

    private StepScores Evaluate(bool finite = true)
    {
        var evaluation = _scorer.Score(Snapshot().Parameters);
        if (finite && double.IsFinite(evaluation.WeightNorm)) { LastHealthy = Snapshot(); }
        return evaluation;
    }

    private TrainingState First() => new(
        0, _plan.Model.Initialize(_plan.Seed),
        _step.OptimizerState.ToImmutableSortedDictionary(spec => spec.Name, spec => new Tensor(spec.Type), StringComparer.Ordinal));

    private void Restore(TrainingState state)
    {
        Expect(state.Parameters, _plan.Model.Parameters.Select(spec => new StateSpec(spec.Name, spec.Type)), "model");
        Expect(state.Optimizer, _step.OptimizerState, "optimizer");
        foreach (var (name, tensor) in state.Parameters.Concat(state.Optimizer)) { _session.Write(name, tensor); }
        foreach (var (name, number) in _plan.Optimizer.SettingInputs()) { WriteScalar(name, number); }
        _feeder.Begin();
        (_stepsMade, _snapshot, LastHealthy) = (state.Step, state, state);
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
        $"The state to resume from is of another {whose}: {how}.", "Resume with the options it was made with, or begin anew.",
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
