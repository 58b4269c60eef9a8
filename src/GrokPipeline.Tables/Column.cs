namespace GrokPipeline.Tables;

/// <summary>What the cells of a column are.</summary>
public enum ColumnKind
{
    /// <summary>Signed 64-bit integers: labels, operands, counts, steps.</summary>
    Int64,

    /// <summary>IEEE 754 single precision; NaN and infinities are values.</summary>
    Float32,

    /// <summary>IEEE 754 double precision; NaN and infinities are values.</summary>
    Float64,

    /// <summary>Unicode text; the only kind whose cells may be null.</summary>
    Text,

    /// <summary>Truth values.</summary>
    Bool,

    /// <summary>A fixed number of float32 per row: features.</summary>
    Vector,
}

/// <summary>One entry of a schema: a column's name and what its cells are.</summary>
/// <param name="Name">The name, unique in its schema without regard to case, 1 to 128 characters.</param>
/// <param name="Kind">What a cell is.</param>
/// <param name="Width">Elements of one cell: 1, except for <see cref="ColumnKind.Vector"/>.</param>
public sealed record Column(string Name, ColumnKind Kind, int Width = 1)
{
    /// <summary>What the column means, with its unit, in one sentence; empty when nothing is said.</summary>
    public string Description { get; init; } = "";

    /// <summary><c>x: Vector[117]</c>.</summary>
    public override string ToString() => Kind == ColumnKind.Vector ? $"{Name}: {Kind}[{Width}]" : $"{Name}: {Kind}";
}
