namespace GrokPipeline.Tables;

/// <summary>A column together with its cells. The array is handed over, not copied: do not change it afterwards.</summary>
public sealed class ColumnValues
{
    private ColumnValues(string name, ColumnKind kind, int width, string description, Array values)
    {
        Column = new Column(name, kind, width) { Description = description };
        Values = values;
    }

    internal ColumnValues(Column column, Array values) => (Column, Values) = (column, values);

    /// <summary>Name and kind.</summary>
    public Column Column { get; }

    /// <summary>How many rows the cells fill.</summary>
    public int Rows => Values.Length / Column.Width;

    // long[], float[], double[], string?[], bool[]; for a vector, float[] of rows × width, row-major.
    internal Array Values { get; }

    /// <summary>A column of integers.</summary>
    public static ColumnValues Of(string name, long[] values, string description = "") =>
        new(name, ColumnKind.Int64, 1, description, values);

    /// <summary>A column of single-precision numbers.</summary>
    public static ColumnValues Of(string name, float[] values, string description = "") =>
        new(name, ColumnKind.Float32, 1, description, values);

    /// <summary>A column of double-precision numbers.</summary>
    public static ColumnValues Of(string name, double[] values, string description = "") =>
        new(name, ColumnKind.Float64, 1, description, values);

    /// <summary>A column of texts; null is allowed.</summary>
    public static ColumnValues Of(string name, string?[] values, string description = "") =>
        new(name, ColumnKind.Text, 1, description, values);

    /// <summary>A column of truth values.</summary>
    public static ColumnValues Of(string name, bool[] values, string description = "") =>
        new(name, ColumnKind.Bool, 1, description, values);

    /// <summary>A column of vectors.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="width">Elements of one vector; divides the number of <paramref name="values"/>.</param>
    /// <param name="values">Row-major elements, shape [rows, width].</param>
    /// <param name="description">What the column means.</param>
    /// <exception cref="GrokException">The width is not positive or does not divide the number of elements.</exception>
    public static ColumnValues Vector(string name, int width, float[] values, string description = "")
    {
        if (width < 1 || values.Length % width != 0)
        {
            throw new GrokException(
                $"Column {name}: {values.Length} elements do not make rows of width {width}.", "Give rows × width elements.");
        }
        return new(name, ColumnKind.Vector, width, description, values);
    }

    // The cells of some rows, in the order of the indices.
    internal ColumnValues Select(ReadOnlySpan<int> rows) => new(Column, Values switch
    {
        long[] values => Pick(values, rows),
        double[] values => Pick(values, rows),
        string?[] values => Pick(values, rows),
        bool[] values => Pick(values, rows),
        float[] values => Column.Width == 1 ? Pick(values, rows) : PickVectors(values, rows, Column.Width),
        _ => throw new InvalidOperationException($"A column holds {Values.GetType()}."),
    });

    private static T[] Pick<T>(T[] values, ReadOnlySpan<int> rows)
    {
        var picked = new T[rows.Length];
        for (var i = 0; i < rows.Length; i++) { picked[i] = values[rows[i]]; }
        return picked;
    }

    private static float[] PickVectors(float[] values, ReadOnlySpan<int> rows, int width)
    {
        var picked = new float[rows.Length * width];
        for (var i = 0; i < rows.Length; i++) { values.AsSpan(rows[i] * width, width).CopyTo(picked.AsSpan(i * width)); }
        return picked;
    }
}
