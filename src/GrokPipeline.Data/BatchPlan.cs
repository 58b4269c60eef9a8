namespace GrokPipeline.Data;

/// <summary>
/// Which rows belong to which step: a pure function of (rows, batch size, seed, step). Epoch e visits the rows in the order of
/// <c>seed.Derive("shuffle/epoch-e")</c>; batches are cut from the epochs laid end to end, so that every batch is full, a batch may
/// reach into the next epoch, and over time all rows are used equally often. A full batch is all rows in their own order. Not for
/// sharing between threads.
/// </summary>
public sealed class BatchPlan
{
    private readonly Seed _seed;
    private readonly int[] _order;
    private long _epoch = -1;

    /// <summary>Makes a plan.</summary>
    /// <param name="rows">Rows of train, at least 1.</param>
    /// <param name="batchSize">Rows of a step, 1 to <paramref name="rows"/>; equal to it for full batch.</param>
    /// <param name="seed">Root of the shuffles.</param>
    /// <exception cref="GrokException">The batch size is not from 1 to <paramref name="rows"/>.</exception>
    public BatchPlan(int rows, int batchSize, Seed seed)
    {
        if (batchSize < 1 || batchSize > rows)
        {
            throw new GrokException(
                $"The batch size is {batchSize}, train has {rows} rows.", "Give a batch size from 1 to the number of rows, or full.");
        }
        (Rows, BatchSize, _seed, _order) = (rows, batchSize, seed, new int[rows]);
        Reset();
    }

    /// <summary>Rows of train.</summary>
    public int Rows { get; }

    /// <summary>Rows of a step.</summary>
    public int BatchSize { get; }

    /// <summary>True when every step takes all rows, in their own order: the data need be written once only.</summary>
    public bool IsFull => BatchSize == Rows;

    /// <summary>The rows of a step, as indices into train. Allocates only when an epoch begins.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="destination">Receives <see cref="BatchSize"/> indices.</param>
    public void RowsOf(long step, Span<int> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, BatchSize);
        var first = step * BatchSize;
        for (var taken = 0; taken < BatchSize;)
        {
            var (epoch, at) = ((first + taken) / Rows, (int)((first + taken) % Rows));
            var count = Math.Min(Rows - at, BatchSize - taken);
            Order(epoch).Slice(at, count).CopyTo(destination[taken..]);
            taken += count;
        }
    }

    // Steps come in order, so that one epoch is kept and the next one made in its place.
    private ReadOnlySpan<int> Order(long epoch)
    {
        if (!IsFull && epoch != _epoch)
        {
            Reset();
            _seed.Derive($"shuffle/epoch-{epoch}").Stream().Shuffle(_order.AsSpan());
            _epoch = epoch;
        }
        return _order;
    }

    private void Reset()
    {
        for (var i = 0; i < _order.Length; i++) { _order[i] = i; }
    }
}
