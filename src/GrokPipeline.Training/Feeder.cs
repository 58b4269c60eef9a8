using GrokPipeline.Data;
using GrokPipeline.Graphs.Engines;

namespace GrokPipeline.Training;

/// <summary>Writes the rows of each step into a session. Train was encoded once; a step copies its rows.</summary>
internal sealed class Feeder
{
    private readonly EncodedRows _all;
    private readonly Tensor _inputs;
    private readonly Tensor _targets;
    private readonly BatchPlan _plan;
    private readonly int[] _rows;
    private bool _written;

    public Feeder(EncodedRows rows, int batchSize, Seed seed)
    {
        _all = rows;
        _plan = new(rows.Rows, batchSize, seed);
        _rows = new int[batchSize];
        (_inputs, _targets) = _plan.IsFull ? (rows.Inputs, rows.Targets) : (Part(rows.Inputs), Part(rows.Targets));
    }

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
            Copy(_all.Inputs, _inputs);
            Copy(_all.Targets, _targets);
        }
        session.Write(_all.Input, _inputs);
        session.Write(RowEncoding.TargetName, _targets);
        _written = true;
    }

    private Tensor Part(Tensor all) => new(new(all.Type.Element, all.Shape.With(0, _rows.Length)));

    private void Copy(Tensor from, Tensor to)
    {
        var width = to.Bytes.Length / _rows.Length;
        for (var i = 0; i < _rows.Length; i++) { from.Bytes.Slice(_rows[i] * width, width).CopyTo(to.Bytes[(i * width)..]); }
    }
}
