namespace GrokPipeline.Probes.Geometry;

/// <summary>Comparison of kernels over the same rows.</summary>
internal static class CentredKernel
{
    /// <summary><c>H·K·H</c> with H = 1 − 1/n: rows and columns with mean 0.</summary>
    public static double[] Of(ReadOnlySpan<double> kernel, int rows)
    {
        var means = new double[rows];
        for (var i = 0; i < rows; i++) { Dots.Add(means, 1, kernel.Slice(i * rows, rows)); }
        for (var i = 0; i < rows; i++) { means[i] /= rows; }
        var mean = means.Sum() / rows;
        var centred = new double[rows * rows];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < rows; j++) { centred[(i * rows) + j] = kernel[(i * rows) + j] - means[i] - means[j] + mean; }
        }
        return centred;
    }

    /// <summary><c>⟨K, L⟩ / (‖K‖·‖L‖)</c> in Frobenius' sense; NaN when one is zero.</summary>
    public static double Cosine(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Dots.Of(a, b) / Math.Sqrt(Dots.Of(a, a) * Dots.Of(b, b));

    /// <summary>
    /// The unbiased estimate of HSIC (Song et al. 2012, eq. 5) of two kernels, with their diagonals taken as zero; needs four rows.
    /// </summary>
    public static double UnbiasedHsic(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int rows)
    {
        double trace = 0, sumA = 0, sumB = 0, cross = 0;
        for (var i = 0; i < rows; i++)
        {
            double rowA = 0, rowB = 0;
            for (var j = 0; j < rows; j++)
            {
                if (i == j) { continue; }
                trace += a[(i * rows) + j] * b[(i * rows) + j];
                rowA += a[(i * rows) + j];
                rowB += b[(i * rows) + j];
            }
            sumA += rowA;
            sumB += rowB;
            cross += rowA * rowB;
        }
        double n = rows;
        return (trace + (sumA * sumB / ((n - 1) * (n - 2))) - (2 * cross / (n - 2))) / (n * (n - 3));
    }
}
