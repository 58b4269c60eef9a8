namespace GrokPipeline;

/// <summary>
/// Eigenvalues and eigenvectors of symmetric matrices of one size, in memory that is kept: Householder's reduction to three diagonals, then
/// QL steps with implicit shifts (Golub and Van Loan, sections 8.3.1 and 8.3.3; the loop is that of EISPACK's tql2). Float64 and one fixed
/// order: the same bytes everywhere. <see cref="Solve"/> allocates nothing. Serves one thread at a time.
/// </summary>
public sealed class EigenSystem
{
    private const int MostIterations = 200;
    private const double Epsilon = 2.220446049250313e-16;

    private readonly int _size;
    private readonly double[][] _rows;                                      // above the diagonal, in the end: the reflections
    private readonly double[][] _vectors;
    private readonly double[] _diagonal;
    private readonly double[] _off;
    private readonly double[] _factors;                                     // b of each reflection
    private readonly double[] _product;
    private readonly double[] _values;
    private readonly int[] _order;

    /// <summary>Takes the memory.</summary>
    /// <param name="size">Rows of the matrices, at least 1.</param>
    /// <param name="vectors">False: eigenvalues only, with less work.</param>
    public EigenSystem(int size, bool vectors = true)
    {
        _size = size;
        _rows = Square(size);
        _vectors = vectors ? Square(size) : [];
        (_diagonal, _off, _factors, _product) = (new double[size], new double[size], new double[size], new double[size]);
        (_values, _order) = (new double[size], new int[size]);
    }

    /// <summary>The eigenvalues, largest first; all NaN when an element is not finite.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>An eigenvector, of length 1; there is one only when the constructor was asked for them.</summary>
    /// <param name="i">The place of its eigenvalue.</param>
    public ReadOnlySpan<double> Vector(int i) => VectorArray(i);

    /// <summary>Finds them.</summary>
    /// <param name="matrix">Shape [size, size], symmetric; not changed.</param>
    public void Solve(ReadOnlySpan<double> matrix)
    {
        for (var i = 0; i < _size; i++) { _order[i] = i; }
        for (var i = 0; i < _vectors.Length; i++)
        {
            Array.Clear(_vectors[i]);
            _vectors[i][i] = 1;
        }
        foreach (var value in matrix)
        {
            if (double.IsFinite(value)) { continue; }
            Array.Fill(_values, double.NaN);
            return;
        }
        for (var i = 0; i < _size; i++) { matrix.Slice(i * _size, _size).CopyTo(_rows[i]); }
        Reduce();
        Diagonalize(_diagonal, _off, _vectors);
        foreach (var vector in _vectors) { Reflect(vector); }
        Sort();
        for (var i = 0; i < _size; i++) { _values[i] = _diagonal[_order[i]]; }
    }

    internal double[] VectorArray(int i) => _vectors[_order[i]];

    private static double[][] Square(int size)
    {
        var rows = new double[size][];
        for (var i = 0; i < size; i++) { rows[i] = new double[size]; }
        return rows;
    }

    // Largest first; equal ones as they came.
    private void Sort()
    {
        for (var i = 1; i < _size; i++)
        {
            var own = _order[i];
            var j = i;
            for (; j > 0 && _diagonal[_order[j - 1]].CompareTo(_diagonal[own]) < 0; j--) { _order[j] = _order[j - 1]; }
            _order[j] = own;
        }
    }

    // Reflection k leaves row k with nothing beyond its neighbour: A ← (1 − b·v·vᵀ)·A·(1 − b·v·vᵀ) on the rows below k. Nothing else reads
    // row k beyond its diagonal any more, so v stays there.
    private void Reduce()
    {
        Array.Clear(_off);
        Array.Clear(_factors);
        for (var k = 0; k < _size - 1; k++)
        {
            var v = _rows[k].AsSpan(k + 1);
            var norm = Math.Sqrt(Dots.Of(v, v));
            if (k == _size - 2 || norm == 0)
            {
                _off[k] = v[0];
                continue;
            }
            _off[k] = v[0] > 0 ? -norm : norm;
            v[0] -= _off[k];
            var b = _factors[k] = 2 / Dots.Of(v, v);
            var p = _product.AsSpan(0, v.Length);
            for (var i = 0; i < p.Length; i++) { p[i] = b * Dots.Of(_rows[k + 1 + i].AsSpan(k + 1), v); }
            Dots.Add(p, -b / 2 * Dots.Of(p, v), v);
            for (var i = 0; i < p.Length; i++)
            {
                var row = _rows[k + 1 + i].AsSpan(k + 1);
                Dots.Add(row, -v[i], p);
                Dots.Add(row, -p[i], v);
            }
        }
        for (var i = 0; i < _size; i++) { _diagonal[i] = _rows[i][i]; }
    }

    private void Reflect(double[] vector)
    {
        for (var k = _size - 2; k >= 0; k--)
        {
            if (_factors[k] == 0) { continue; }
            var v = _rows[k].AsSpan(k + 1);
            var rest = vector.AsSpan(k + 1);
            Dots.Add(rest, -_factors[k] * Dots.Of(v, rest), v);
        }
    }

    // tql2: d is the diagonal and becomes the eigenvalues, e[i] stands between i and i + 1.
    private static void Diagonalize(double[] d, double[] e, double[][] vectors)
    {
        double shift = 0, largest = 0;
        for (var l = 0; l < d.Length; l++)
        {
            largest = Math.Max(largest, Math.Abs(d[l]) + Math.Abs(e[l]));
            var m = l;
            while (Math.Abs(e[m]) > Epsilon * largest) { m++; }
            for (var iteration = 0; m > l && iteration < MostIterations && Math.Abs(e[l]) > Epsilon * largest; iteration++)
            {
                var g = d[l];
                var p = (d[l + 1] - g) / (2 * e[l]);
                var r = Math.Sqrt((p * p) + 1);
                if (p < 0) { r = -r; }
                (d[l], d[l + 1]) = (e[l] / (p + r), e[l] * (p + r));
                var h = g - d[l];
                for (var i = l + 2; i < d.Length; i++) { d[i] -= h; }
                shift += h;
                Chase(d, e, l, m, vectors);
            }
            d[l] += shift;
            e[l] = 0;
        }
    }

    private static void Chase(double[] d, double[] e, int l, int m, double[][] vectors)
    {
        double next = d[l + 1], p = d[m], c = 1, c2 = 1, c3 = 1, after = e[l + 1], s = 0, s2 = 0;
        for (var i = m - 1; i >= l; i--)
        {
            (c3, c2, s2) = (c2, c, s);
            var g = c * e[i];
            var h = c * p;
            var r = Math.Sqrt((p * p) + (e[i] * e[i]));
            e[i + 1] = s * r;
            s = e[i] / r;
            c = p / r;
            p = (c * d[i]) - (s * g);
            d[i + 1] = h + (s * ((c * g) + (s * d[i])));
            if (vectors.Length > 0) { Dots.Rotate(vectors[i], vectors[i + 1], c, s); }
        }
        p = -s * s2 * c3 * after * e[l] / next;
        e[l] = s * p;
        d[l] = c * p;
    }
}
