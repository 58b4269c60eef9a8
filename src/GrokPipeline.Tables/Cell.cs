namespace GrokPipeline.Tables;

/// <summary>One cell on its way into a <see cref="TableBuilder"/>: made by writing the value itself. The default is null text.</summary>
public readonly struct Cell
{
    private readonly long _integer;
    private readonly double _number;
    private readonly object? _object;

    private Cell(ColumnKind kind, long integer, double number, object? value) =>
        (Kind, _integer, _number, _object) = (kind, integer, number, value);

    private ColumnKind? Kind { get; }

    /// <summary>An integer; also fits a Float64 column when a double holds it exactly.</summary>
    public static implicit operator Cell(long value) => new(ColumnKind.Int64, value, value, null);

    /// <summary>An integer.</summary>
    public static implicit operator Cell(int value) => new(ColumnKind.Int64, value, value, null);

    /// <summary>A single-precision number; also fits a Float64 column.</summary>
    public static implicit operator Cell(float value) => new(ColumnKind.Float32, 0, value, null);

    /// <summary>A double-precision number.</summary>
    public static implicit operator Cell(double value) => new(ColumnKind.Float64, 0, value, null);

    /// <summary>A text, or null.</summary>
    public static implicit operator Cell(string? value) => new(ColumnKind.Text, 0, 0, value);

    /// <summary>A truth value.</summary>
    public static implicit operator Cell(bool value) => new(ColumnKind.Bool, value ? 1 : 0, 0, null);

    /// <summary>A vector.</summary>
    public static implicit operator Cell(float[] value) => new(ColumnKind.Vector, 0, 0, value);

    /// <summary>What it is, for messages.</summary>
    public override string ToString() => Kind is { } kind ? kind.ToString() : "null";

    internal bool Is(ColumnKind kind, out long integer, out double number, out object? value)
    {
        (integer, number, value) = (_integer, _number, _object);
        var own = Kind ?? ColumnKind.Text;
        return own == kind || (kind == ColumnKind.Float64
            && (own == ColumnKind.Float32 || (own == ColumnKind.Int64 && Math.Abs((decimal)integer) <= 1L << 53)));
    }
}
