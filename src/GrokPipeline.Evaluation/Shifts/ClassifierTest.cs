using GrokPipeline.Evaluation.Statistics;

namespace GrokPipeline.Evaluation.Shifts;

/// <summary>
/// Classifier two-sample test (Lopez-Paz and Oquab 2017): how well a classifier tells rows of two samples apart that it was not fitted
/// to. 0.5 says that it cannot. The classifier is a logistic regression, so that it sees differences of means only.
/// </summary>
public static class ClassifierTest
{
    // Rate and momentum for standardized features; enough steps that the accuracy has settled.
    private const int Steps = 200;
    private const double Rate = 0.5, Momentum = 0.9, Decay = 1e-3;

    /// <summary>Accuracy on the held-out half, with Wilson's interval.</summary>
    /// <param name="first">Row-major, shape [rows, width].</param>
    /// <param name="second">Row-major, shape [rows, width].</param>
    /// <param name="width">Elements of a row, at least 1.</param>
    /// <param name="level">Coverage in (0, 1).</param>
    /// <param name="seed">Which rows are fitted to. As many of each sample are used, half of them for the fit.</param>
    /// <returns>The accuracy, and rows that it was computed from; no rows, and NaN, when a sample has fewer than four.</returns>
    public static (Interval Accuracy, int Rows) Of(
        ReadOnlySpan<float> first, ReadOnlySpan<float> second, int width, double level, Seed seed)
    {
        var half = Math.Min(first.Length, second.Length) / width / 2;
        if (half < 2) { return (new(double.NaN, double.NaN, double.NaN), 0); }
        var (a, b) = (Shuffled(first, width, seed.Derive("first")), Shuffled(second, width, seed.Derive("second")));
        var fit = Rows(first, a.AsSpan(0, half), second, b.AsSpan(0, half), width);
        var held = Rows(first, a.AsSpan(half, half), second, b.AsSpan(half, half), width);
        Standardize(fit, held, width);
        var weights = Fit(fit, width);
        var correct = 0;
        for (var row = 0; row < 2 * half; row++)
        {
            var score = Score(held.AsSpan(row * width, width), weights);
            if (score != 0 && score > 0 == row < half) { correct++; }           // a tie says nothing and counts as wrong
        }
        return (Wilson.Of(correct, 2 * half, level), 2 * half);
    }

    private static int[] Shuffled(ReadOnlySpan<float> sample, int width, Seed seed)
    {
        var rows = Enumerable.Range(0, sample.Length / width).ToArray();
        seed.Stream().Shuffle(rows.AsSpan());
        return rows;
    }

    // Rows of the first sample, then as many of the second.
    private static double[] Rows(ReadOnlySpan<float> first, ReadOnlySpan<int> a, ReadOnlySpan<float> second, ReadOnlySpan<int> b, int width)
    {
        var rows = new double[(a.Length + b.Length) * width];
        for (var i = 0; i < rows.Length; i++)
        {
            var (row, column) = (i / width, i % width);
            rows[i] = row < a.Length ? first[(a[row] * width) + column] : second[(b[row - a.Length] * width) + column];
        }
        return rows;
    }

    private static void Standardize(double[] fit, double[] held, int width)
    {
        var count = fit.Length / width;
        for (var k = 0; k < width; k++)
        {
            var (sum, squares) = (0.0, 0.0);
            for (var row = 0; row < count; row++) { sum += fit[(row * width) + k]; }
            var mean = sum / count;
            for (var row = 0; row < count; row++) { squares += (fit[(row * width) + k] - mean) * (fit[(row * width) + k] - mean); }
            var scale = squares > 0 ? 1 / Math.Sqrt(squares / count) : 0;       // a feature without spread says nothing
            for (var row = 0; row < count; row++)
            {
                fit[(row * width) + k] = (fit[(row * width) + k] - mean) * scale;
                held[(row * width) + k] = (held[(row * width) + k] - mean) * scale;
            }
        }
    }

    // Gradient descent with momentum from 0; the rate shrinks with the width, since standardized features add up.
    private static double[] Fit(double[] rows, int width)
    {
        var (weights, speed, gradient) = (new double[width + 1], new double[width + 1], new double[width + 1]);
        var count = rows.Length / width;
        var rate = Rate / (1 + (width / 8.0));
        for (var step = 0; step < Steps; step++)
        {
            Array.Clear(gradient);
            for (var row = 0; row < count; row++)
            {
                var x = rows.AsSpan(row * width, width);
                var error = ((row < count / 2 ? 1 : 0) - (1 / (1 + Math.Exp(-Score(x, weights))))) / count;
                for (var k = 0; k < width; k++) { gradient[k] += error * x[k]; }
                gradient[width] += error;
            }
            for (var k = 0; k <= width; k++)
            {
                speed[k] = (Momentum * speed[k]) + (rate * (gradient[k] - (k < width ? Decay * weights[k] : 0)));
                weights[k] += speed[k];
            }
        }
        return weights;
    }

    private static double Score(ReadOnlySpan<double> x, double[] weights)
    {
        var sum = weights[^1];
        for (var k = 0; k < x.Length; k++) { sum += weights[k] * x[k]; }
        return sum;
    }
}
