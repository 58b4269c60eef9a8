using GrokPipeline.Tables;

namespace GrokPipeline.Data;

/// <summary>Rows that can be made piece by piece: each is a function of its number alone.</summary>
/// <param name="rows">How many rows there are.</param>
/// <param name="make">Makes some rows: the number of the first, and how many.</param>
public sealed class RowSource(int rows, Func<int, int, Table> make)
{
    /// <summary>Elements of a piece, roughly: 16 MiB of float32.</summary>
    private const int PieceElements = 1 << 22;

    /// <summary>How many rows there are.</summary>
    public int Rows => rows;

    /// <summary>Rows of a table that is there already.</summary>
    public static RowSource Of(Table table) =>
        new(table.Rows, (first, count) => first == 0 && count == table.Rows ? table : table.Select([.. Enumerable.Range(first, count)]));

    /// <summary>Some rows.</summary>
    /// <param name="first">The number of the first, from 0.</param>
    /// <param name="count">How many.</param>
    public Table Read(int first, int count) => make(first, count);

    /// <summary>All rows as one table.</summary>
    public Table ToTable() => make(0, rows);

    /// <summary>All rows in order, so many at once that a piece stays small.</summary>
    /// <param name="width">Elements of a row.</param>
    public IEnumerable<Table> Pieces(int width)
    {
        var most = Math.Max(1, PieceElements / width);
        for (var first = 0; first < rows; first += most) { yield return make(first, Math.Min(most, rows - first)); }
    }
}
