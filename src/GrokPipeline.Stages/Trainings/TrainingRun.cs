using System.Globalization;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Stages.Options;
using GrokPipeline.Stages.Running;
using GrokPipeline.Training;
using GrokPipeline.Training.Checkpoints;
using GrokPipeline.Training.GaussianProcesses;
using GrokPipeline.Training.Models;

namespace GrokPipeline.Stages.Trainings;

/// <summary>Consumes the stream of a training: metrics, checkpoints, resume points, progress. The training itself knows of none.</summary>
internal sealed class TrainingRun : IDisposable
{
    private static readonly TimeSpan BetweenProgress = TimeSpan.FromMilliseconds(100);

    private readonly StageContext _context;
    private readonly string _target;
    private readonly TrainingPlan _plan;
    private readonly ExperimentOptions _options;
    private readonly ITrainer _trainer;
    private readonly CheckpointFolder _checkpoints;
    private readonly ResumeSlots _slots;
    private readonly ResumePoint? _from;
    private readonly CheckpointKeeper _keeper;
    private long _begin;
    private bool _warned;
    private long _firstStep;

    /// <summary>Compiles the training and finds where it goes on.</summary>
    public TrainingRun(StageContext context, string target, TrainingPlan plan, ExperimentOptions options, Func<Graph, ISession> compile)
    {
        (_context, _target, _plan, _options) = (context, target, plan, options);
        _trainer = plan.Model is GaussianProcess ? new GaussianProcessTrainer(plan, compile) : new Trainer(plan, compile);
        _checkpoints = new CheckpointFolder(context.Files, Path.Combine(context.Work.Path, Train.Checkpoints));
        _slots = new ResumeSlots(context.Files, Path.Combine(context.Work.Path, "resume"), context.Workspace.Display);
        _from = _slots.Load(text => context.Tell(new RunWarning(target, text)));
        _checkpoints.Keep(_from?.Keeper.Stored ?? []);
        Log = MetricsLog.Open(
            context.Files, context.Work.At("live.jsonl"), _from?.MetricsBytes ?? 0, _from?.MetricsSha256);
        var rule = options.Grokking.Generalization;
        _keeper = new CheckpointKeeper(
            options.Checkpoints.Schedule, new CrossingRule(rule.Split, rule.Accuracy, rule.ForEvaluations), plan.Steps,
            options.Checkpoints.Ring, _from?.Keeper);
    }

    /// <summary>What was measured.</summary>
    public MetricsLog Log { get; }

    /// <summary>Steps with a checkpoint.</summary>
    public IReadOnlyCollection<long> Stored => _keeper.Stored;

    /// <summary>Trains to the end.</summary>
    /// <exception cref="GrokException">Stopped, or a number was not finite; what is done so far stays.</exception>
    public void Go(IReadOnlyDictionary<string, string> identity)
    {
        var clock = _context.Tools.Clock;
        _begin = clock.GetTimestamp();
        _firstStep = _from?.State.Step ?? 0;
        var (saved, told) = (_begin, _begin);
        if (_from is not null) { _context.Tell(new RunWarning(_target, $"goes on from step {_firstStep:N0}")); }
        foreach (var record in _trainer.Run(_from?.State, _context.Stop))
        {
            Log.Add(record.Step, record.Measurements(_options.Train.Metrics.Union(["loss", "accuracy"])));
            WarnOnce(record);
            foreach (var state in _keeper.Consider(record, _trainer.Snapshot))
            {
                _checkpoints.Write(state, KeepsOptimizer(state.Step), identity);
            }
            if (record.Evaluation is not null && (clock.GetElapsedTime(told) >= BetweenProgress || record.Step == _plan.Steps))
            {
                Tell(record);
                told = clock.GetTimestamp();
            }
            if (clock.GetElapsedTime(saved) >= _options.Checkpoints.ResumeEvery.AsTimeSpan() && record.IsFinite
                && record.Step < _plan.Steps)
            {
                Save();
                saved = clock.GetTimestamp();
            }
            // A broken state is no resume point: the stream ends by itself.
            if (_trainer.Ending == TrainingEnding.None && IsOver(_options.Train.Limits.Wall, clock))
            {
                throw Interrupted($"reached its time limit of {_options.Train.Limits.Wall}");
            }
        }
        if (_trainer.Ending == TrainingEnding.Cancelled) { throw Interrupted("stopped on request"); }
        if (_trainer.Ending == TrainingEnding.Nonfinite) { throw Broken(identity); }
        _checkpoints.Verify(_keeper.Stored, _context.Workspace.Display);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _trainer.Dispose();
        Log.Dispose();
    }

    // Where such steps are recorded and no error, the end of the training would say nothing of them.
    private void WarnOnce(StepRecord record)
    {
        if (record.IsFinite || _warned || _options.Train.OnNonfinite.Do == NonfinitePolicy.Stop) { return; }
        _warned = true;
        _context.Tell(new RunWarning(
            _target, $"loss, gradient or weights were not finite at step {record.Step:N0}; such states are never stored"));
    }

    private bool KeepsOptimizer(long step) => _options.Checkpoints.OptimizerState switch
    {
        OptimizerStateKept.All => true,
        OptimizerStateKept.Final => step == _plan.Steps,
        _ => false,
    };

    private bool IsOver(Duration limit, TimeProvider clock) => limit.Seconds > 0 && clock.GetElapsedTime(_begin) >= limit.AsTimeSpan();

    private void Save()
    {
        Log.Sync();
        _checkpoints.Sync();
        var (bytes, sha256) = Log.Position;
        _slots.Write(new ResumePoint(_trainer.Snapshot(), _keeper.Save(), bytes, sha256));
    }

    private GrokException Interrupted(string why)
    {
        Save();
        var step = _trainer.Snapshot().Step;
        return new GrokException($"{_target} {why} at step {step:N0}.", "The same command goes on from there.", kind: ProblemKind.Stopped);
    }

    private GrokException Broken(IReadOnlyDictionary<string, string> identity)
    {
        var last = Log.Rows.Count > 0 ? Log.Rows[^1].Step : 0;
        var place = Path.Combine(_context.Work.Path, "healthy");
        if (_trainer.LastHealthy is { } healthy)
        {
            new CheckpointFolder(_context.Files, place).Write(healthy, withOptimizer: true, identity);
        }
        var at = _trainer.LastHealthy is { } kept ? Path.Combine(place, RunLayout.StepName(kept.Step)) : place;
        return new GrokException(
            $"loss, gradient or weights of {_target} were not finite at step {last:N0}. The last healthy state, of step "
            + $"{_trainer.LastHealthy?.Step ?? 0:N0}, is kept in {_context.Workspace.Display(at)}.",
            "Lower the learning rate or the initial scale.", kind: ProblemKind.Failed);
    }

    private void Tell(StepRecord record)
    {
        var culture = CultureInfo.InvariantCulture;
        // not null: asked before
        var scores = record.Evaluation!.Splits.Select(score => string.Create(culture, $"{score.Split} {score.Accuracy:F3}"));
        var seconds = _context.Tools.Clock.GetElapsedTime(_begin).TotalSeconds;
        var rate = seconds > 0 ? (record.Step - _firstStep) / seconds : 0;
        var left = rate > 0 ? TimeSpan.FromSeconds((_plan.Steps - record.Step) / rate) : TimeSpan.Zero;
        var loss = record.Evaluation["train"]?.Loss ?? double.NaN;
        _context.Tell(new StageProgress(
            _target, record.Step, _plan.Steps,
            string.Create(culture,
                $"loss {loss:0.0e+0}  {string.Join("  ", scores)}  {rate:N0} steps/s  left {(int)left.TotalMinutes}:{left.Seconds:D2}")));
    }
}
