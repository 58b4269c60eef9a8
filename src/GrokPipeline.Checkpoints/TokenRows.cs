using System.Collections.Immutable;
using GrokPipeline.Data;

namespace GrokPipeline.Checkpoints;

/// <summary>Puts the signs of a form of tokens between operands, in memory of its own.</summary>
internal sealed class TokenRows
{
    private readonly ImmutableArray<long?> _columns;
    private readonly long[] _tokens;

    /// <summary>Memory for some rows.</summary>
    /// <param name="inputName">Which form.</param>
    /// <param name="facts">What the dataset is.</param>
    /// <param name="rows">Most rows at once.</param>
    public TokenRows(string inputName, DatasetFacts facts, int rows)
    {
        _columns = RowEncoding.KnownColumns(inputName, facts);
        (Rows, Width) = (rows, _columns.Count(known => known is null));
        _tokens = new long[checked(rows * _columns.Length)];
    }

    /// <summary>Most rows at once.</summary>
    public int Rows { get; }

    /// <summary>Operands in a row; with an answer of several tokens also these, without the last.</summary>
    public int Width { get; }

    /// <summary>The tokens of some rows; valid until the next call.</summary>
    /// <param name="operands">Row-major, at most <see cref="Rows"/> rows.</param>
    public ReadOnlySpan<long> Of(ReadOnlySpan<long> operands)
    {
        var length = operands.Length / Width * _columns.Length;
        var next = 0;
        for (var i = 0; i < length; i++) { _tokens[i] = _columns[i % _columns.Length] ?? operands[next++]; }
        return _tokens.AsSpan(0, length);
    }

    /// <summary>How many rows were given, when they are whole and their results fit.</summary>
    /// <exception cref="GrokException">They are not, or do not.</exception>
    public int RowsIn(ReadOnlySpan<long> operands, int room, int width, string where)
    {
        if (operands.Length % Width != 0)
        {
            throw new GrokException(
                $"{operands.Length} operands are no whole rows.", $"Give {Width} for each row; = and the operation are put in.", where);
        }
        var rows = operands.Length / Width;
        return room == (long)rows * width ? rows : throw new GrokException(
            $"The results of {rows} rows are {(long)rows * width} numbers; there is room for {room}.", $"Give {width} for each row.", where);
    }
}
