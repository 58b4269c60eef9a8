namespace GrokPipeline.Training.Checkpoints;

/// <summary>
/// Decides which states become checkpoints: those of the schedule, and those around the transition. When the model began to generalize
/// is only known some evaluations later, so the last evaluated states are held in a ring until then.
/// </summary>
public sealed class CheckpointKeeper
{
    private readonly CheckpointSchedule _schedule;
    private readonly CrossingRule _rule;
    private readonly long _steps;
    private readonly int _size;
    private readonly Queue<TrainingState> _ring;
    private readonly SortedSet<long> _stored;
    private int _held;
    private bool _known;

    /// <summary>Begins, or goes on where another keeper was saved.</summary>
    /// <param name="schedule">What is kept whatever happens.</param>
    /// <param name="rule">What counts as generalization.</param>
    /// <param name="steps">The last step of the training.</param>
    /// <param name="ring">How many evaluated states are held; at least the rule's count, so that the first of them is still there.</param>
    /// <param name="from">A saved keeper; null to begin.</param>
    public CheckpointKeeper(CheckpointSchedule schedule, CrossingRule rule, long steps, int ring, KeeperState? from = null)
    {
        (_schedule, _rule, _steps, _size) = (schedule, rule, steps, Math.Max(ring, rule.ForEvaluations));
        _ring = new(from?.Ring ?? []);
        _stored = [.. from?.Stored ?? []];
        (_held, _known) = (from?.Held ?? 0, from?.Known ?? false);
    }

    /// <summary>Steps that were given out to be stored, ascending.</summary>
    public IReadOnlyCollection<long> Stored => _stored;

    /// <summary>Looks at a record and says what to store now, in the order of steps. A step is given out once.</summary>
    /// <param name="record">The next record of the stream; none may be left out.</param>
    /// <param name="state">Gives the state after that record; asked at most once, and only when it is needed.</param>
    public IReadOnlyList<TrainingState> Consider(StepRecord record, Func<TrainingState> state)
    {
        if (!record.IsFinite) { return []; }                  // a broken state is no checkpoint
        var now = new List<TrainingState>();
        var scheduled = _schedule.Includes(record.Step, _steps);
        var evaluated = record.Evaluation is not null && !_known;
        if (!scheduled && !evaluated) { return now; }
        var current = state();
        if (evaluated && Crosses(record, current))
        {
            now.AddRange(_ring.Where(held => _stored.Add(held.Step)));
            _ring.Clear();
            _known = true;
        }
        if (scheduled)
        {
            now.RemoveAll(held => held.Step == current.Step);  // the whole state, not the ring's parameters alone
            _stored.Add(current.Step);
            now.Add(current);
        }
        return now;
    }

    /// <summary>All that is needed to go on from here.</summary>
    public KeeperState Save() => new([.. _ring], [.. _stored], _held, _known);

    private bool Crosses(StepRecord record, TrainingState current)
    {
        _ring.Enqueue(current.WithoutOptimizer());
        if (_ring.Count > _size) { _ring.Dequeue(); }
        var accuracy = record.Evaluation?[_rule.Split]?.Accuracy ?? 0;
        _held = accuracy >= _rule.Accuracy ? _held + 1 : 0;
        return _held >= _rule.ForEvaluations;
    }
}
