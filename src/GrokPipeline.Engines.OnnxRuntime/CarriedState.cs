namespace GrokPipeline.Engines.OnnxRuntime;

/// <summary>
/// The two buffers that a carried input and its output share. They change places after each run: what was the output is the input then.
/// </summary>
internal sealed class CarriedState(Tensor first, Tensor second)
{
    private int _turn;
    private bool _shared;                                     // the last run's output and the present input are one buffer

    /// <summary>The input's present value.</summary>
    public Tensor Input => InputAt(_turn);

    /// <summary>The last run's output.</summary>
    public Tensor Output => _shared ? Input : InputAt(1 - _turn);

    /// <summary>The buffer that a run reads in one of the two turns; in the other turn it is the one that is written.</summary>
    public Tensor InputAt(int turn) => turn == 0 ? first : second;

    /// <summary>Before the input gets another value: the output must outlive it, in the buffer that is free until the next run.</summary>
    public void Detach()
    {
        if (!_shared) { return; }
        Input.Bytes.CopyTo(InputAt(1 - _turn).Bytes);
        _shared = false;
    }

    /// <summary>After a run.</summary>
    public void Swap()
    {
        _turn = 1 - _turn;
        _shared = true;
    }
}
