namespace GrokPipeline.Probes.Structure;

/// <summary>
/// Exact t-SNE (van der Maaten and Hinton 2008) of a few hundred points into the plane, in float64 and one order: the same bytes
/// everywhere. It begins with the two principal components, scaled to a deviation of 1e-4 in the first, so that nothing is drawn by
/// chance. Affinities are exaggerated twelvefold for the first quarter of the iterations, momentum is 0.5 there and 0.8 later, the step
/// max(n / 48, 50), with the gains of the reference program.
/// </summary>
internal sealed class Tsne
{
    private const double Exaggeration = 12, EarlyMomentum = 0.5, LateMomentum = 0.8, LeastGain = 0.01;
    private readonly int _count;
    private readonly double[] _affinities;                    // [n, n], sums to 1
    private readonly double[] _kernel;                        // [n, n]: 1 / (1 + d²)
    private double _kernelSum;

    private Tsne(double[] affinities, double[] start)
    {
        (_count, _affinities, Places) = (start.Length / 2, affinities, start);
        _kernel = new double[_count * _count];
    }

    /// <summary>Shape [n, 2].</summary>
    public double[] Places { get; }

    /// <summary>The Kullback–Leibler divergence of the picture from the points, in nats.</summary>
    public double Divergence
    {
        get
        {
            Spread();
            double sum = 0;
            for (var i = 0; i < _affinities.Length; i++)
            {
                if (_affinities[i] > 0) { sum += _affinities[i] * PortableMath.Log(_affinities[i] * _kernelSum / _kernel[i]); }
            }
            return sum;
        }
    }

    /// <summary>Embeds points.</summary>
    /// <param name="points">At least 3, finite.</param>
    /// <param name="perplexity">From 1 to a third of the number of points.</param>
    /// <param name="iterations">At least 1.</param>
    public static Tsne Of(Features points, double perplexity, int iterations)
    {
        var tsne = new Tsne(Affinities(Squares(points), points.Rows, perplexity), Start(points.Centred()));
        tsne.Descend(iterations);
        return tsne;
    }

    /// <summary>Joint affinities: Gaussians around each point with widths that give the perplexity, made symmetric.</summary>
    internal static double[] Affinities(double[] squares, int count, double perplexity)
    {
        var (conditional, joint) = (new double[count * count], new double[count * count]);
        for (var i = 0; i < count; i++) { Row(squares, conditional, i, count, PortableMath.Log(perplexity)); }
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < count; j++)
            {
                joint[(i * count) + j] = (conditional[(i * count) + j] + conditional[(j * count) + i]) / (2 * count);
            }
        }
        return joint;
    }

    // Bisection on the precision until the entropy is the wanted one.
    private static void Row(double[] squares, double[] conditional, int i, int count, double entropy)
    {
        var (low, high, precision) = (0.0, double.PositiveInfinity, 1.0);
        var row = conditional.AsSpan(i * count, count);
        var least = Enumerable.Range(0, count).Where(j => j != i).Min(j => squares[(i * count) + j]);
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var (total, weighted) = (0.0, 0.0);
            for (var j = 0; j < count; j++)
            {
                var beyond = squares[(i * count) + j] - least;
                row[j] = j == i ? 0 : PortableMath.Exp(-precision * beyond);
                total += row[j];
                weighted += row[j] * beyond;
            }
            for (var j = 0; j < count; j++) { row[j] /= total; }
            var found = PortableMath.Log(total) + (precision * weighted / total);
            if (Math.Abs(found - entropy) < 1e-10) { return; }
            if (found > entropy) { (low, precision) = (precision, double.IsInfinity(high) ? precision * 2 : (precision + high) / 2); }
            else { (high, precision) = (precision, (low + precision) / 2); }
        }
    }

    private static double[] Squares(Features points)
    {
        var gram = points.Gram();
        var squares = new double[points.Rows * points.Rows];
        for (var i = 0; i < points.Rows; i++)
        {
            for (var j = 0; j < points.Rows; j++)
            {
                var square = gram[(i * points.Rows) + i] + gram[(j * points.Rows) + j] - (2 * gram[(i * points.Rows) + j]);
                squares[(i * points.Rows) + j] = Math.Max(0, square);
            }
        }
        return squares;
    }

    // Coordinates along the two largest eigenvectors of the Gram matrix; the largest entry of each is made positive.
    private static double[] Start(Features points)
    {
        var (values, vectors) = SymmetricEigen.Of(points.Gram(), points.Rows);
        var start = new double[points.Rows * 2];
        var deviation = Math.Sqrt(Math.Max(values[0], 0) / points.Rows);
        for (var axis = 0; axis < 2; axis++)
        {
            var largest = vectors[axis].MaxBy(Math.Abs);
            var scale = Math.Sqrt(Math.Max(values[axis], 0)) * (largest < 0 ? -1 : 1) * (deviation > 0 ? 1e-4 / deviation : 0);
            for (var i = 0; i < points.Rows; i++) { start[(2 * i) + axis] = scale * vectors[axis][i]; }
        }
        return start;
    }

    private void Descend(int iterations)
    {
        var (velocity, gains, gradient) = (new double[Places.Length], new double[Places.Length], new double[Places.Length]);
        Array.Fill(gains, 1);
        var rate = Math.Max(_count / 48.0, 50);
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            var early = iteration < iterations / 4;
            Gradient(gradient, early ? Exaggeration : 1);
            for (var i = 0; i < Places.Length; i++)
            {
                var turns = gradient[i] > 0 != velocity[i] > 0;
                gains[i] = Math.Max(LeastGain, turns ? gains[i] + 0.2 : gains[i] * 0.8);
                velocity[i] = ((early ? EarlyMomentum : LateMomentum) * velocity[i]) - (rate * gains[i] * gradient[i]);
                Places[i] += velocity[i];
            }
        }
    }

    private void Spread()
    {
        _kernelSum = 0;
        for (var i = 0; i < _count; i++)
        {
            for (var j = 0; j < _count; j++)
            {
                var (x, y) = (Places[2 * i] - Places[2 * j], Places[(2 * i) + 1] - Places[(2 * j) + 1]);
                _kernel[(i * _count) + j] = i == j ? 0 : 1 / (1 + (x * x) + (y * y));
                _kernelSum += _kernel[(i * _count) + j];
            }
        }
    }

    // 4 Σⱼ (pᵢⱼ − qᵢⱼ)·kᵢⱼ·(yᵢ − yⱼ).
    private void Gradient(double[] gradient, double exaggeration)
    {
        Spread();
        for (var i = 0; i < _count; i++)
        {
            var (x, y) = (0.0, 0.0);
            for (var j = 0; j < _count; j++)
            {
                var kernel = _kernel[(i * _count) + j];
                var pull = ((exaggeration * _affinities[(i * _count) + j]) - (kernel / _kernelSum)) * kernel;
                x += pull * (Places[2 * i] - Places[2 * j]);
                y += pull * (Places[(2 * i) + 1] - Places[(2 * j) + 1]);
            }
            (gradient[2 * i], gradient[(2 * i) + 1]) = (4 * x, 4 * y);
        }
    }
}
