namespace GrokPipeline.Probes;

/// <summary>Some rows of an activation in float64, each as one long vector, with the mean of every column taken off.</summary>
/// <param name="Values">Shape [rows, width], row-major.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Width">Numbers per row: all positions one after the other.</param>
internal sealed record Features(double[] Values, int Rows, int Width)
{
    /// <summary>The rows as they are.</summary>
    public static Features Of(Activation activation, int[] rows)
    {
        var values = new double[rows.Length * activation.Width];
        for (var i = 0; i < rows.Length; i++)
        {
            var row = activation.Values.AsSpan(rows[i] * activation.Width, activation.Width);
            for (var j = 0; j < row.Length; j++) { values[(i * row.Length) + j] = row[j]; }
        }
        return new(values, rows.Length, activation.Width);
    }

    /// <summary>The same with every column's mean at 0.</summary>
    public Features Centred()
    {
        var means = new double[Width];
        for (var i = 0; i < Rows; i++) { Dots.Add(means, 1.0 / Rows, Values.AsSpan(i * Width, Width)); }
        var values = (double[])Values.Clone();
        for (var i = 0; i < Rows; i++) { Dots.Add(values.AsSpan(i * Width, Width), -1, means); }
        return this with { Values = values };
    }

    /// <summary><c>X·Xᵀ</c>, shape [rows, rows].</summary>
    public double[] Gram()
    {
        var padded = DenseProducts.Padded(Rows);
        var transposed = new double[Width * padded];
        for (var i = 0; i < Rows; i++)
        {
            for (var j = 0; j < Width; j++) { transposed[(j * padded) + i] = Values[(i * Width) + j]; }
        }
        var product = new double[Rows * padded];
        DenseProducts.Multiply(Values, transposed, product, Rows, Width, padded);
        return Cut(product, Rows, Rows, padded);
    }

    /// <summary><c>Xᵀ·X</c>, shape [width, width].</summary>
    public double[] Scatter()
    {
        var padded = DenseProducts.Padded(Width);
        var right = new double[Rows * padded];
        for (var i = 0; i < Rows; i++) { Values.AsSpan(i * Width, Width).CopyTo(right.AsSpan(i * padded)); }
        var product = new double[Width * padded];
        DenseProducts.MultiplyTransposed(Values, right, product, Rows, Width, padded);
        return Cut(product, Width, Width, padded);
    }

    private static double[] Cut(double[] product, int rows, int columns, int padded)
    {
        if (columns == padded) { return product; }
        var cut = new double[rows * columns];
        for (var i = 0; i < rows; i++) { product.AsSpan(i * padded, columns).CopyTo(cut.AsSpan(i * columns)); }
        return cut;
    }
}
