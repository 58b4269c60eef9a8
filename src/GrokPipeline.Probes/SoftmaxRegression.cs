namespace GrokPipeline.Probes;

/// <summary>
/// Multinomial logistic regression with an L2 penalty, fitted by L-BFGS in float64. The objective is convex, so the answer does not depend on a
/// start; sums run in one fixed order, so the bytes do not depend on the machine.
/// </summary>
internal sealed class SoftmaxRegression
{
    private readonly int _classes;
    private readonly int _padded;                             // classes rounded up to whole vectors; padding weights stay 0 and are never read
    private readonly double[] _weights;                       // [features, padded]
    private double[]? _errors;                                // [rows, padded], kept from one evaluation to the next

    private SoftmaxRegression(int classes, int features)
    {
        _classes = classes;
        _padded = DenseProducts.Padded(classes);
        _weights = new double[features * _padded];
    }

    /// <summary>Fits the first rows, as many as there are labels.</summary>
    public static SoftmaxRegression Fit(Standardized features, ReadOnlySpan<int> labels, int classes, double l2, int iterations)
    {
        var model = new SoftmaxRegression(classes, features.Width);
        var given = labels.ToArray();
        Lbfgs.Minimize(model._weights, (x, gradient) => model.Objective(features, given, l2, x, gradient), iterations);
        return model;
    }

    /// <summary>The classifier with the weights that were found.</summary>
    public LinearClassifier Classifier() => new(_weights, _classes);

    /// <summary>Mean negative log-likelihood plus ½·l2·‖W‖² without the intercept's row; writes the gradient.</summary>
    internal double Objective(Standardized features, int[] labels, double l2, double[] weights, double[] gradient)
    {
        _errors ??= new double[labels.Length * _padded];
        DenseProducts.Multiply(features.Values, weights, _errors, labels.Length, features.Width, _padded);
        double loss = 0;
        for (var row = 0; row < labels.Length; row++) { loss += ToErrors(_errors.AsSpan(row * _padded, _padded), labels[row]); }
        loss /= labels.Length;
        DenseProducts.MultiplyTransposed(features.Values, _errors, gradient, labels.Length, features.Width, _padded);
        var penalized = (features.Width - 1) * _padded;
        for (var i = 0; i < gradient.Length; i++)
        {
            gradient[i] /= labels.Length;
            if (i >= penalized) { continue; }
            loss += 0.5 * l2 * weights[i] * weights[i];
            gradient[i] += l2 * weights[i];
        }
        return loss;
    }

    // Turns scores into probability − truth and returns −log of the probability of the truth.
    private double ToErrors(Span<double> scores, int label)
    {
        var largest = double.NegativeInfinity;
        for (var c = 0; c < _classes; c++) { largest = Math.Max(largest, scores[c]); }
        var gap = scores[label] - largest;
        double total = 0;
        for (var c = 0; c < _classes; c++) { total += scores[c] = PortableMath.Exp(scores[c] - largest); }
        for (var c = 0; c < _classes; c++) { scores[c] /= total; }
        scores[label] -= 1;
        scores[_classes..].Clear();
        return PortableMath.Log(total) - gap;
    }
}
