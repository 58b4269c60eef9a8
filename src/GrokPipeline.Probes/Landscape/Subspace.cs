namespace GrokPipeline.Probes.Landscape;

/// <summary>
/// An objective along a few random directions through a point, in the coordinates z = A⁺·w of Keskar et al. (2016, eq. 3): A⁺ has rows of
/// length 1, A is its pseudo-inverse, and z stands for the point w = x + A·(z − A⁺·x).
/// </summary>
internal sealed class Subspace : IObjective
{
    private readonly IObjective _whole;
    private readonly float[] _origin;
    private readonly double[][] _rows;                        // A⁺: [directions][size]
    private readonly double[][] _inverse;                     // (A⁺·A⁺ᵀ)⁻¹
    private readonly float[] _point;
    private readonly float[] _gradient;

    /// <summary>Draws directions with entries uniform in [−1, 1), brought to length 1.</summary>
    public Subspace(IObjective whole, float[] origin, int directions, RandomStream random)
    {
        (_whole, _origin) = (whole, origin);
        (_point, _gradient) = (new float[origin.Length], new float[origin.Length]);
        _rows = new double[directions][];
        for (var i = 0; i < directions; i++)
        {
            var row = _rows[i] = [.. Enumerable.Range(0, origin.Length).Select(_ => (2 * random.NextUniform()) - 1)];
            var length = Math.Sqrt(Dots.Of(row, row));
            for (var k = 0; k < row.Length; k++) { row[k] /= length; }
        }
        _inverse = Inverse([.. _rows.Select(a => _rows.Select(b => Dots.Of(a, b)).ToArray())]);
        Center = [.. _rows.Select(row => (float)Along(row, origin))];
    }

    /// <summary>A⁺·x: the coordinates of the point itself.</summary>
    public float[] Center { get; }

    /// <inheritdoc/>
    public int Size => _rows.Length;

    /// <inheritdoc/>
    public double Gradient(ReadOnlySpan<float> point, Span<float> gradient)
    {
        var moved = new double[_origin.Length];
        for (var i = 0; i < _rows.Length; i++)
        {
            double weight = 0;
            for (var j = 0; j < _rows.Length; j++) { weight += _inverse[i][j] * (point[j] - Center[j]); }
            Dots.Add(moved, weight, _rows[i]);
        }
        for (var k = 0; k < moved.Length; k++) { _point[k] = (float)(_origin[k] + moved[k]); }
        var value = _whole.Gradient(_point, _gradient);
        var along = _rows.Select(row => Along(row, _gradient)).ToArray();
        for (var i = 0; i < _rows.Length; i++) { gradient[i] = (float)Dots.Of(_inverse[i], along); }
        return value;
    }

    /// <inheritdoc/>
    public void HessianTimes(ReadOnlySpan<float> point, ReadOnlySpan<float> direction, Span<float> product) =>
        throw new NotSupportedException("Only values and gradients are asked of a subspace.");

    private static double Along(double[] row, float[] vector)
    {
        double sum = 0;
        for (var k = 0; k < row.Length; k++) { sum += row[k] * vector[k]; }
        return sum;
    }

    // From the eigenvalues of a symmetric matrix.
    private static double[][] Inverse(double[][] matrix)
    {
        var size = matrix.Length;
        var (values, vectors) = SymmetricEigen.Of(matrix.SelectMany(row => row).ToArray(), size);
        return [.. Enumerable.Range(0, size).Select(i => Enumerable.Range(0, size)
            .Select(j => Enumerable.Range(0, size).Sum(k => vectors[k][i] * vectors[k][j] / values[k])).ToArray())];
    }
}

/// <summary>An objective upside down.</summary>
internal sealed class Negated(IObjective objective) : IObjective
{
    /// <inheritdoc/>
    public int Size => objective.Size;

    /// <inheritdoc/>
    public double Gradient(ReadOnlySpan<float> point, Span<float> gradient)
    {
        var value = -objective.Gradient(point, gradient);
        for (var i = 0; i < gradient.Length; i++) { gradient[i] = -gradient[i]; }
        return value;
    }

    /// <inheritdoc/>
    public void HessianTimes(ReadOnlySpan<float> point, ReadOnlySpan<float> direction, Span<float> product)
    {
        objective.HessianTimes(point, direction, product);
        for (var i = 0; i < product.Length; i++) { product[i] = -product[i]; }
    }
}
