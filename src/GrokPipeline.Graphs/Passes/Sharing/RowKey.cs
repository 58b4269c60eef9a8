namespace GrokPipeline.Graphs.Passes.Sharing;

/// <summary>
/// What of a row decides some numbers that are computed for it: nothing, one of its indices, or all of it. Rows that agree in it have the
/// same numbers, so these need to be computed only once.
/// </summary>
internal readonly record struct RowKey
{
    private readonly int _code;

    private RowKey(int code) => _code = code;

    /// <summary>Nothing: one row of numbers serves all.</summary>
    public static RowKey Nothing => new(-2);

    /// <summary>The whole row: nothing is shared.</summary>
    public static RowKey Whole => new(-1);

    /// <summary>The index in a column: as many rows of numbers as the column has indices.</summary>
    public static RowKey Of(int column) => new(column);

    /// <summary>The column; negative when it is none.</summary>
    public int Column => _code;

    /// <summary>What decides numbers that depend on both.</summary>
    public RowKey And(RowKey other) => this == other || other == Nothing ? this : this == Nothing ? other : Whole;
}
