using GrokPipeline.Data;
using GrokPipeline.Graphs.Engines;

namespace GrokPipeline.Training;

/// <summary>Writes the rows of each step into a session. Train is encoded once; a step copies its rows.</summary>
internal sealed class Feeder
{
    private readonly string _input;
    private readonly Tensor _allInputs;
    private readonly Tensor _allTargets;
    private readonly Tensor _inputs;
    private readonly Tensor _targets;
    private readonly BatchPlan _plan;
    private readonly int[] _rows;
    private bool _written;

    public Feeder(TrainingPlan plan)
    {
        _input = plan.Model.InputName;
        _allInputs = RowEncoding.Input(_input, plan.Train, plan.Facts);
        _allTargets = RowEncoding.Target(plan.Train, plan.Facts);
        _plan = new(plan.Train.Rows, plan.BatchSize ?? plan.Train.Rows, plan.Seed);
        _rows = new int[BatchSize];
        (_inputs, _targets) = _plan.IsFull ? (_allInputs, _allTargets) : (Part(_allInputs), Part(_allTargets));
    }

    /// <summary>Rows in a step.</summary>
    public int BatchSize => _plan.BatchSize;

    /// <summary>Forgets what the session holds.</summary>
    public void Begin() => _written = false;

    /// <summary>Writes the rows of a step; a full batch is written once only.</summary>
    /// <param name="session">The compiled step.</param>
    /// <param name="step">The step, from 0.</param>
    public void Feed(ISession session, long step)
    {
        if (_plan.IsFull)
        {
            if (_written) { return; }
        }
        else
        {
            _plan.RowsOf(step, _rows);
            Copy(_allInputs, _inputs);
            Copy(_allTargets, _targets);
        }
        session.Write(_input, _inputs);
        session.Write(RowEncoding.TargetName, _targets);
        _written = true;
    }

    private Tensor Part(Tensor all) => new(new(all.Type.Element, all.Shape.With(0, BatchSize)));

    private void Copy(Tensor from, Tensor to)
    {
        var width = to.Bytes.Length / BatchSize;
        for (var i = 0; i < _rows.Length; i++) { from.Bytes.Slice(_rows[i] * width, width).CopyTo(to.Bytes[(i * width)..]); }
    }
}
