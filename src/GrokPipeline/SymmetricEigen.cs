namespace GrokPipeline;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to three diagonals, then QL steps with implicit shifts
/// (Golub and Van Loan, sections 8.3.1 and 8.3.3; the loop is that of EISPACK's tql2). Float64 and one fixed order: the same bytes
/// everywhere.
/// </summary>
public static class SymmetricEigen
{
    private const int MostIterations = 200;
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>The eigenvalues, largest first; all NaN when an element is not finite.</summary>
    /// <param name="matrix">Shape [size, size], symmetric; not changed.</param>
    /// <param name="size">At least 1.</param>
    public static double[] Values(ReadOnlySpan<double> matrix, int size) => Solve(matrix, size, wanted: false).Values;

    /// <summary>The eigenvalues, largest first, and in the same order the eigenvectors as rows of length 1.</summary>
    /// <param name="matrix">Shape [size, size], symmetric; not changed.</param>
    /// <param name="size">At least 1.</param>
    public static (double[] Values, double[][] Vectors) Of(ReadOnlySpan<double> matrix, int size) => Solve(matrix, size, wanted: true);

    private static (double[] Values, double[][] Vectors) Solve(ReadOnlySpan<double> matrix, int size, bool wanted)
    {
        double[][] vectors = wanted ? [.. Enumerable.Range(0, size).Select(i => Unit(i, size))] : [];
        foreach (var value in matrix)
        {
            if (!double.IsFinite(value)) { return ([.. Enumerable.Repeat(double.NaN, size)], vectors); }
        }
        var rows = new double[size][];
        for (var i = 0; i < size; i++) { rows[i] = matrix.Slice(i * size, size).ToArray(); }
        var (diagonal, off, reflections) = Reduce(rows);
        Diagonalize(diagonal, off, vectors);
        foreach (var vector in vectors) { Reflect(vector, reflections); }
        var order = Enumerable.Range(0, size).OrderByDescending(i => diagonal[i]).ThenBy(i => i).ToArray();
        return ([.. order.Select(i => diagonal[i])], wanted ? [.. order.Select(i => vectors[i])] : []);
    }

    private static double[] Unit(int i, int size)
    {
        var vector = new double[size];
        vector[i] = 1;
        return vector;
    }

    // Reflection k leaves row k with nothing beyond its neighbour: A ← (1 − b·v·vᵀ)·A·(1 − b·v·vᵀ) on the rows below k.
    private static (double[] Diagonal, double[] Off, List<(double[] V, double B)> Reflections) Reduce(double[][] a)
    {
        var size = a.Length;
        var (off, reflections) = (new double[size], new List<(double[] V, double B)>());
        for (var k = 0; k < size - 1; k++)
        {
            var v = a[k][(k + 1)..];
            var norm = Math.Sqrt(Dots.Of(v, v));
            if (k == size - 2 || norm == 0)
            {
                off[k] = v[0];
                reflections.Add((v, 0));
                continue;
            }
            off[k] = v[0] > 0 ? -norm : norm;
            v[0] -= off[k];
            var b = 2 / Dots.Of(v, v);
            var p = new double[v.Length];
            for (var i = 0; i < p.Length; i++) { p[i] = b * Dots.Of(a[k + 1 + i].AsSpan(k + 1), v); }
            Dots.Add(p, -b / 2 * Dots.Of(p, v), v);
            for (var i = 0; i < p.Length; i++)
            {
                var row = a[k + 1 + i].AsSpan(k + 1);
                Dots.Add(row, -v[i], p);
                Dots.Add(row, -p[i], v);
            }
            reflections.Add((v, b));
        }
        return ([.. a.Select((row, i) => row[i])], off, reflections);
    }

    private static void Reflect(double[] vector, List<(double[] V, double B)> reflections)
    {
        for (var k = reflections.Count - 1; k >= 0; k--)
        {
            var (v, b) = reflections[k];
            if (b != 0) { Dots.Add(vector.AsSpan(k + 1), -b * Dots.Of(v, vector.AsSpan(k + 1)), v); }
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
