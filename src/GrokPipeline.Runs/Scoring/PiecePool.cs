using GrokPipeline.Evaluation;
using GrokPipeline.Tables;

namespace GrokPipeline.Runs.Scoring;

/// <summary>
/// Scores the pieces of a table on several threads and hands them on in order. A thread that has scored a piece waits for its turn
/// before it takes the next, so that no more pieces are in memory than threads, and what comes after sees the same pieces for any number.
/// </summary>
/// <param name="pieces">The rows.</param>
/// <param name="take">Takes a scored piece, with the number of its first row; called in order, never by two threads at once.</param>
internal sealed class PiecePool(IEnumerable<Table> pieces, Action<Table, Predictions, long> take)
{
    private readonly Lock _reading = new();
    private readonly object _turn = new();
    private long _begun;
    private long _done;
    private long _rows;
    private bool _ended;
    private Exception? _failure;

    /// <summary>Runs to the end.</summary>
    /// <param name="scorers">One per thread: a function from a piece and the number of its first row to predictions.</param>
    /// <exception cref="GrokException">The first piece that could not be read, scored or taken.</exception>
    public void Run(IReadOnlyList<Func<Table, long, Predictions>> scorers)
    {
        using var source = pieces.GetEnumerator();
        Task[] others = [.. scorers.Skip(1).Select(scorer => Task.Factory.StartNew(
            () => Work(source, scorer), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Work(source, scorers[0]);
        Task.WaitAll(others);
        if (_failure is not null) { System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure); }
    }

    private void Work(IEnumerator<Table> source, Func<Table, long, Predictions> scorer)
    {
        while (Next(source, out var index, out var first, out var error) is var piece && index >= 0)
        {
            Predictions? predictions = null;
            try
            {
                if (piece is not null) { predictions = scorer(piece, first); }
            }
            catch (Exception e) { error = e; }
            if (!Finish(index, error, () => take(piece!, predictions!, first))) { return; }       // not null: there is no error
        }
    }

    // The next piece. An error of the reader is told when the pieces before it are done. Index −1: there is none.
    private Table? Next(IEnumerator<Table> source, out long index, out long first, out Exception? error)
    {
        lock (_reading)
        {
            (index, first, error) = (-1, _rows, null);
            if (_ended) { return null; }
            try
            {
                _ended = !source.MoveNext();
                if (_ended) { return null; }
                _rows += source.Current.Rows;
            }
            catch (Exception e) { (_ended, error) = (true, e); }
            index = _begun++;
            return error is null ? source.Current : null;
        }
    }

    private bool Finish(long index, Exception? error, Action taken)
    {
        lock (_turn)
        {
            while (_done != index && _failure is null) { Monitor.Wait(_turn); }
            if (_failure is null)
            {
                try
                {
                    if (error is null) { taken(); }
                    _failure = error;
                }
                catch (Exception e) { _failure = e; }
            }
            _done = index + 1;
            Monitor.PulseAll(_turn);
            if (_failure is null) { return true; }
        }
        lock (_reading) { _ended = true; }
        return false;
    }
}
