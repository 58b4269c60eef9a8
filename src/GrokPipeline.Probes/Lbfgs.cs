namespace GrokPipeline.Probes;

/// <summary>Limited-memory BFGS (Liu and Nocedal 1989) with a backtracking line search, for smooth convex functions.</summary>
internal static class Lbfgs
{
    private const int Memory = 10;
    private const double GradientTolerance = 1e-8;

    /// <summary>Minimizes in place.</summary>
    /// <param name="x">The start; becomes the best point found.</param>
    /// <param name="objective">Gives the value at a point and writes the gradient.</param>
    /// <param name="iterations">Most iterations.</param>
    /// <returns>The value at <paramref name="x"/>.</returns>
    public static double Minimize(double[] x, Func<double[], double[], double> objective, int iterations)
    {
        var history = new List<(double[] Step, double[] Change, double Inverse)>();
        var (gradient, nextGradient, next) = (new double[x.Length], new double[x.Length], new double[x.Length]);
        var value = objective(x, gradient);
        for (var iteration = 0; iteration < iterations && Dot(gradient, gradient) > GradientTolerance * GradientTolerance; iteration++)
        {
            var direction = Direction(gradient, history);
            var slope = Dot(direction, gradient);
            if (!(slope < 0)) { break; }
            var length = history.Count == 0 ? Math.Min(1, 1 / Math.Sqrt(Dot(gradient, gradient))) : 1.0;
            double nextValue;
            while (true)
            {
                for (var i = 0; i < x.Length; i++) { next[i] = x[i] + (length * direction[i]); }
                nextValue = objective(next, nextGradient);
                if (nextValue <= value + (1e-4 * length * slope)) { break; }
                length *= 0.5;
                if (length < 1e-12) { return value; }
            }
            Remember(history, x, next, gradient, nextGradient);
            next.CopyTo(x, 0);
            nextGradient.CopyTo(gradient, 0);
            value = nextValue;
        }
        return value;
    }

    // The two-loop recursion (Nocedal and Wright, algorithm 7.4).
    private static double[] Direction(double[] gradient, List<(double[] Step, double[] Change, double Inverse)> history)
    {
        var q = new double[gradient.Length];
        for (var i = 0; i < q.Length; i++) { q[i] = -gradient[i]; }
        var alpha = new double[history.Count];
        for (var k = history.Count - 1; k >= 0; k--)
        {
            alpha[k] = history[k].Inverse * Dot(history[k].Step, q);
            Add(q, -alpha[k], history[k].Change);
        }
        if (history.Count > 0)
        {
            var (_, change, inverse) = history[^1];
            var scale = 1 / (inverse * Dot(change, change));
            for (var i = 0; i < q.Length; i++) { q[i] *= scale; }
        }
        for (var k = 0; k < history.Count; k++) { Add(q, alpha[k] - (history[k].Inverse * Dot(history[k].Change, q)), history[k].Step); }
        return q;
    }

    private static void Remember(
        List<(double[] Step, double[] Change, double Inverse)> history, double[] x, double[] next, double[] gradient, double[] nextGradient)
    {
        var (step, change) = (new double[x.Length], new double[x.Length]);
        for (var i = 0; i < x.Length; i++) { (step[i], change[i]) = (next[i] - x[i], nextGradient[i] - gradient[i]); }
        var curvature = Dot(step, change);
        if (curvature <= 1e-14 * Dot(change, change)) { return; }
        if (history.Count == Memory) { history.RemoveAt(0); }
        history.Add((step, change, 1 / curvature));
    }

    private static void Add(double[] to, double factor, double[] from)
    {
        for (var i = 0; i < to.Length; i++) { to[i] += factor * from[i]; }
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (var i = 0; i < a.Length; i++) { sum += a[i] * b[i]; }
        return sum;
    }
}
