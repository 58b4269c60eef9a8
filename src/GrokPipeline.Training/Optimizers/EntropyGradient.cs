namespace GrokPipeline.Training.Optimizers;

/// <summary>
/// The gradient of a matrix' spectral entropy <c>H = −Σ pᵢ·ln pᵢ</c>, <c>pᵢ = σᵢ / S</c>, <c>S = Σσ</c>, over its singular values:
/// <c>∂H/∂W = −(1/S)·Σ (ln pᵢ + H)·uᵢvᵢᵀ</c> (entropy: DeMoss et al. 2024). From <c>∂H/∂σᵢ = −(ln pᵢ + H)/S</c> and
/// <c>∂σᵢ/∂W = uᵢvᵢᵀ</c>.
/// </summary>
/// <remarks>
/// The uᵢ are eigenvectors of the smaller of W·Wᵀ and Wᵀ·W, and <c>σᵢ·vᵢᵀ = uᵢᵀ·W</c>. Our choice: singular values up to 1e-6 of the
/// largest count as 0 and get no gradient; their directions are rounding, and their logarithm has no bound. A matrix of zeros has gradient
/// 0. In float64 and one order: the same bytes everywhere. Nothing is allocated after the constructor.
/// </remarks>
internal sealed class EntropyGradient
{
    private const double Smallest = 1e-6;

    private readonly bool _wide;
    private readonly int _count;
    private readonly int _length;
    private readonly double[] _matrix;                                      // the vectors of the shorter side as rows
    private readonly double[] _gram;
    private readonly double[] _turned;                                      // row i: σᵢ·vᵢ
    private readonly double[] _singular;
    private readonly double[] _sum;
    private readonly EigenSystem _system;

    /// <summary>Takes the memory.</summary>
    /// <param name="shape">The matrix' shape, of rank 2.</param>
    public EntropyGradient(TensorShape shape)
    {
        _wide = shape[0] <= shape[1];
        (_count, _length) = _wide ? (shape[0], shape[1]) : (shape[1], shape[0]);
        (_matrix, _turned) = (new double[_count * _length], new double[_count * _length]);
        (_gram, _singular, _sum) = (new double[_count * _count], new double[_count], new double[_length]);
        _system = new(_count);
    }

    /// <summary>Computes it.</summary>
    /// <param name="matrix">W in row-major order.</param>
    /// <param name="gradient">Gets ∂H/∂W; all NaN when an element of W is not finite.</param>
    /// <returns>H in nats; NaN when an element is not finite.</returns>
    public double Of(ReadOnlySpan<float> matrix, Span<float> gradient)
    {
        for (var i = 0; i < _count; i++)
        {
            for (var j = 0; j < _length; j++) { _matrix[(i * _length) + j] = matrix[Place(i, j)]; }
        }
        for (var i = 0; i < _count; i++)
        {
            for (var j = 0; j <= i; j++) { _gram[(i * _count) + j] = _gram[(j * _count) + i] = Dots.Of(Row(_matrix, i), Row(_matrix, j)); }
        }
        _system.Solve(_gram);
        if (double.IsNaN(_system.Values[0]))
        {
            gradient.Fill(float.NaN);
            return double.NaN;
        }
        var (entropy, total) = Decompose();
        Write(gradient, entropy, total);
        return entropy;
    }

    // Singular values as the lengths of uᵢᵀ·W, which are more exact than roots of eigenvalues; small ones become 0.
    private (double Entropy, double Total) Decompose()
    {
        double largest = 0, total = 0, entropy = 0;
        for (var i = 0; i < _count; i++)
        {
            var turned = Row(_turned, i);
            turned.Clear();
            var vector = _system.Vector(i);
            for (var k = 0; k < _count; k++) { Dots.Add(turned, vector[k], Row(_matrix, k)); }
            _singular[i] = Math.Sqrt(Dots.Of(turned, turned));
            largest = Math.Max(largest, _singular[i]);
        }
        for (var i = 0; i < _count; i++)
        {
            if (_singular[i] <= Smallest * largest) { _singular[i] = 0; }
            total += _singular[i];
        }
        foreach (var value in _singular)
        {
            if (value > 0) { entropy -= value / total * PortableMath.Log(value / total); }
        }
        return (entropy, total);
    }

    private void Write(Span<float> gradient, double entropy, double total)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_singular[i] == 0) { continue; }
            var factor = -(PortableMath.Log(_singular[i] / total) + entropy) / (total * _singular[i]);
            var turned = Row(_turned, i);
            for (var j = 0; j < _length; j++) { turned[j] *= factor; }
        }
        for (var k = 0; k < _count; k++)
        {
            Array.Clear(_sum);
            for (var i = 0; i < _count; i++)
            {
                if (_singular[i] > 0) { Dots.Add(_sum, _system.Vector(i)[k], Row(_turned, i)); }
            }
            for (var j = 0; j < _length; j++) { gradient[Place(k, j)] = (float)_sum[j]; }
        }
    }

    private int Place(int i, int j) => _wide ? (i * _length) + j : (j * _count) + i;

    private Span<double> Row(double[] rows, int i) => rows.AsSpan(i * _length, _length);
}
