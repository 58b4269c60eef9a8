using System.Globalization;

namespace GrokPipeline.Engines.Simd.Kernels;

/// <summary>
/// What went wrong in a run that the graph's types could not rule out: an index outside its table. Kernels note it and go on; the session
/// throws when the run is over.
/// </summary>
internal sealed class Fault
{
    private string? _where;
    private long _index;
    private int _extent;

    /// <summary>The row that an index means. A wrong one is noted, and row 0 stands in for it.</summary>
    public int Row(long index, int extent, string where)
    {
        if ((ulong)index < (ulong)extent) { return (int)index; }
        (_index, _extent) = (index, extent);
        Volatile.Write(ref _where, where);
        return 0;
    }

    /// <summary>Throws when something was noted, and forgets it.</summary>
    /// <exception cref="GrokException">An index was outside its table.</exception>
    public void Check()
    {
        if (Volatile.Read(ref _where) is not { } where) { return; }
        _where = null;
        throw new GrokException(
            $"Index {_index.ToString(CultureInfo.InvariantCulture)} is outside the {_extent.ToString(CultureInfo.InvariantCulture)} rows.",
            "Check the tokens or labels that were written.", where, ProblemKind.Failed);
    }
}
