namespace GrokPipeline.Probes;

/// <summary>
/// Least squares on one-hot classes with an L2 penalty, <c>(XᵀX/n + λ·1)·W = XᵀY/n</c> (Hoerl and Kennard 1970), by Cholesky's
/// factorization in float64. The factor does not depend on the labels: one serves the labels and their shuffled twins.
/// </summary>
internal sealed class RidgeRegression
{
    private readonly Standardized _features;
    private readonly int _rows;
    private readonly double[] _factor;                        // lower triangle, [width, width]

    /// <summary>Factorizes the first rows' products.</summary>
    public RidgeRegression(Standardized features, int rows, double l2)
    {
        (_features, _rows) = (features, rows);
        var (width, padded) = (features.Width, DenseProducts.Padded(features.Width));
        var (right, products) = (new double[rows * padded], new double[width * padded]);
        for (var row = 0; row < rows; row++) { features.Row(row).CopyTo(right.AsSpan(row * padded)); }
        DenseProducts.MultiplyTransposed(features.Values, right, products, rows, width, padded);
        _factor = new double[width * width];
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j <= i; j++) { _factor[(i * width) + j] = products[(i * padded) + j] / rows; }
            // Features that never change are zeros; a little on the diagonal keeps them, and duplicates, from dividing by zero.
            _factor[(i * width) + i] += i == width - 1 ? 1e-12 : l2 + 1e-12;
        }
        Factorize(_factor, width);
    }

    /// <summary>The weights for labels, [width, padded classes].</summary>
    public LinearClassifier Fit(ReadOnlySpan<int> labels, int classes)
    {
        var (width, padded) = (_features.Width, DenseProducts.Padded(classes));
        var weights = new double[width * padded];
        for (var row = 0; row < _rows; row++)
        {
            var features = _features.Row(row);
            for (var j = 0; j < width; j++) { weights[(j * padded) + labels[row]] += features[j]; }
        }
        for (var i = 0; i < weights.Length; i++) { weights[i] /= _rows; }
        for (var i = 0; i < width; i++) { Eliminate(weights, padded, i, 0, i, j => _factor[(i * width) + j], _factor[(i * width) + i]); }
        for (var i = width - 1; i >= 0; i--)
        {
            Eliminate(weights, padded, i, i + 1, width, j => _factor[(j * width) + i], _factor[(i * width) + i]);
        }
        return new(weights, classes);
    }

    // Row i of the unknowns: what the rows from … to explain is taken off, the rest divided by the pivot.
    private static void Eliminate(double[] unknowns, int padded, int i, int from, int to, Func<int, double> factor, double pivot)
    {
        var own = unknowns.AsSpan(i * padded, padded);
        for (var j = from; j < to; j++)
        {
            var (scale, other) = (factor(j), j * padded);
            for (var c = 0; c < own.Length; c++) { own[c] -= scale * unknowns[other + c]; }
        }
        for (var c = 0; c < own.Length; c++) { own[c] /= pivot; }
    }

    private static void Factorize(double[] matrix, int width)
    {
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var left = matrix.AsSpan(i * width, j);
                var right = matrix.AsSpan(j * width, j);
                var sum = matrix[(i * width) + j];
                for (var k = 0; k < left.Length; k++) { sum -= left[k] * right[k]; }
                matrix[(i * width) + j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / matrix[(j * width) + j];
            }
        }
    }
}

/// <summary>A linear classifier: weights [features, classes rounded up to whole vectors].</summary>
internal sealed class LinearClassifier(double[] weights, int classes)
{
    private readonly int _padded = DenseProducts.Padded(classes);

    /// <summary>The weight of a feature for a class.</summary>
    public double Weight(int feature, int of) => weights[(feature * _padded) + of];

    /// <summary>The class of the largest score; the lowest wins a tie.</summary>
    public int Predict(ReadOnlySpan<double> row)
    {
        Span<double> scores = stackalloc double[_padded];
        DenseProducts.Multiply(row, weights, scores, 1, row.Length, _padded);
        var best = 0;
        for (var c = 1; c < classes; c++)
        {
            if (scores[c] > scores[best]) { best = c; }
        }
        return best;
    }
}
