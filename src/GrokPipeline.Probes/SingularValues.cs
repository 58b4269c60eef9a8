namespace GrokPipeline.Probes;

/// <summary>
/// Singular values by one-sided Jacobi rotations (Hestenes 1958; Demmel and Veselić 1992 on its accuracy), in float64 and one fixed order:
/// the same bytes on every machine, which a library that chooses kernels by processor does not give.
/// </summary>
public static class SingularValues
{
    private const int MostSweeps = 60;
    private const double Tolerance = 1e-14;

    /// <summary>The singular values of a matrix, largest first.</summary>
    /// <param name="matrix">Shape [rows, columns], row-major, finite.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <returns>min(rows, columns) numbers.</returns>
    public static double[] Of(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        // Rotations make the vectors below orthogonal; take the fewer of rows and columns as those vectors.
        var wide = rows <= columns;
        var (count, length) = wide ? (rows, columns) : (columns, rows);
        var vectors = new double[count][];
        for (var i = 0; i < count; i++)
        {
            vectors[i] = new double[length];
            for (var j = 0; j < length; j++) { vectors[i][j] = matrix[wide ? (i * columns) + j : (j * columns) + i]; }
        }
        for (var sweep = 0; sweep < MostSweeps && Sweep(vectors); sweep++) { }
        return [.. vectors.Select(vector => Math.Sqrt(Dots.Of(vector, vector))).OrderDescending()];
    }

    // One pass over all pairs; false when every pair was orthogonal already.
    private static bool Sweep(double[][] vectors)
    {
        var rotated = false;
        for (var p = 0; p < vectors.Length - 1; p++)
        {
            for (var q = p + 1; q < vectors.Length; q++) { rotated |= Rotate(vectors[p], vectors[q]); }
        }
        return rotated;
    }

    private static bool Rotate(double[] a, double[] b)
    {
        var (aa, bb, ab) = (Dots.Of(a, a), Dots.Of(b, b), Dots.Of(a, b));
        if (Math.Abs(ab) <= Tolerance * Math.Sqrt(aa * bb)) { return false; }
        var zeta = (bb - aa) / (2 * ab);
        var t = (zeta >= 0 ? 1 : -1) / (Math.Abs(zeta) + Math.Sqrt(1 + (zeta * zeta)));
        var c = 1 / Math.Sqrt(1 + (t * t));
        var s = c * t;
        Dots.Rotate(a, b, c, s);
        return true;
    }
}
