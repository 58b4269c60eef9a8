namespace GrokPipeline;

/// <summary>
/// Eigenvalues and eigenvectors of one symmetric matrix. Who solves many of one size keeps an <see cref="EigenSystem"/>, which is what
/// this uses.
/// </summary>
public static class SymmetricEigen
{
    /// <summary>The eigenvalues, largest first; all NaN when an element is not finite.</summary>
    /// <param name="matrix">Shape [size, size], symmetric; not changed.</param>
    /// <param name="size">At least 1.</param>
    public static double[] Values(ReadOnlySpan<double> matrix, int size)
    {
        var system = new EigenSystem(size, vectors: false);
        system.Solve(matrix);
        return system.Values.ToArray();
    }

    /// <summary>The eigenvalues, largest first, and in the same order the eigenvectors as rows of length 1.</summary>
    /// <param name="matrix">Shape [size, size], symmetric; not changed.</param>
    /// <param name="size">At least 1.</param>
    public static (double[] Values, double[][] Vectors) Of(ReadOnlySpan<double> matrix, int size)
    {
        var system = new EigenSystem(size);
        system.Solve(matrix);
        return (system.Values.ToArray(), [.. Enumerable.Range(0, size).Select(system.VectorArray)]);
    }
}
