namespace GrokPipeline.Training.GaussianProcesses;

/// <summary>
/// Laplace's approximation of a Gaussian process with a logistic likelihood for one class against the rest: the mode of the latent
/// function on the rows, f = K·a, and the evidence (Rasmussen and Williams 2006, algorithms 3.1 and 5.1).
/// </summary>
internal sealed class LaplaceFit
{
    private const int MostSteps = 100;
    private const int MostHalvings = 20;
    private const double Enough = 1e-12;
    private const double Rounding = 1e-13;    // the last step gains less than the objective's own rounding, and is worth making

    private readonly double[] _kernel;
    private readonly bool[] _labels;
    private readonly double[] _roots;         // √W, W the curvature of the likelihood at the mode
    private readonly double[] _slopes;        // y − π there
    private readonly Cholesky _factor;        // of I + √W·K·√W
    private double[] _latent;

    private LaplaceFit(double[] kernel, bool[] labels)
    {
        (_kernel, _labels) = (kernel, labels);
        (_roots, _slopes, _latent, Weights) = (new double[Size], new double[Size], new double[Size], new double[Size]);
        var objective = Likelihood(_latent);
        _factor = Curved();
        for (var step = 0; step < MostSteps; step++)
        {
            var (weights, latent, next) = Newton(objective);
            var gain = next - objective;
            (Weights, _latent, objective) = (weights, latent, next);
            _factor = Curved();
            if (!(gain > Enough * Size)) { break; }
        }
        LogEvidence = objective - _factor.HalfLogDeterminant;
    }

    /// <summary>a, from which the latent function follows anywhere: f(x) = k(x)·a.</summary>
    public double[] Weights { get; private set; }

    /// <summary>The approximate logarithm of the evidence, log p(labels | kernel).</summary>
    public double LogEvidence { get; }

    private int Size => _labels.Length;

    /// <summary>Finds the mode.</summary>
    /// <param name="kernel">Of all pairs of rows, shape [rows, rows].</param>
    /// <param name="labels">True for the rows of the class.</param>
    public static LaplaceFit Of(double[] kernel, bool[] labels) => new(kernel, labels);

    /// <summary>Adds the derivative of <see cref="LogEvidence"/> by each element of the kernel, the mode's own movement included.</summary>
    /// <param name="sensitivity">Receives it, shape [rows, rows].</param>
    public void AddSensitivity(double[] sensitivity)
    {
        var (inverse, movement) = (_factor.Inverse(), Movement());
        var pulled = Cholesky.Product(_kernel, movement);
        for (var i = 0; i < Size; i++) { pulled[i] *= _roots[i]; }
        _factor.Solve(pulled);
        for (var i = 0; i < Size; i++)
        {
            var row = sensitivity.AsSpan(i * Size, Size);
            var moved = movement[i] - (_roots[i] * pulled[i]);
            for (var j = 0; j < Size; j++)
            {
                row[j] += (((Weights[i] * Weights[j]) - (_roots[i] * inverse[(i * Size) + j] * _roots[j])) / 2) + (moved * _slopes[j]);
            }
        }
    }

    // The derivative of the evidence by the mode: through the determinant alone, as the objective is stationary there.
    private double[] Movement()
    {
        var (movement, column) = (new double[Size], new double[Size]);
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j < Size; j++) { column[j] = _roots[j] * _kernel[(i * Size) + j]; }
            _factor.SolveLower(column);
            var variance = _kernel[(i * Size) + i] - Cholesky.Dot(column, column);
            var probability = Logistic(_latent[i]);
            movement[i] = -variance * probability * (1 - probability) * (1 - (2 * probability)) / 2;
        }
        return movement;
    }

    // A step, shortened until it does not lead downhill; that to itself when none does.
    private (double[] Weights, double[] Latent, double Objective) Newton(double objective)
    {
        var right = new double[Size];
        for (var i = 0; i < Size; i++) { right[i] = (_roots[i] * _roots[i] * _latent[i]) + _slopes[i]; }
        var solved = Cholesky.Product(_kernel, right);
        for (var i = 0; i < Size; i++) { solved[i] *= _roots[i]; }
        _factor.Solve(solved);
        var weights = new double[Size];
        for (var i = 0; i < Size; i++) { weights[i] = right[i] - (_roots[i] * solved[i]); }
        for (var halving = 0; halving < MostHalvings; halving++)
        {
            var latent = Cholesky.Product(_kernel, weights);
            var next = Likelihood(latent) - (Cholesky.Dot(weights, latent) / 2);
            if (next >= objective - (Rounding * Math.Abs(objective))) { return (weights, latent, next); }
            for (var i = 0; i < Size; i++) { weights[i] = (weights[i] + Weights[i]) / 2; }
        }
        return (Weights, _latent, objective);
    }

    // Curvature and slopes at the latent function, and the factor that belongs to them.
    private Cholesky Curved()
    {
        for (var i = 0; i < Size; i++)
        {
            var probability = Logistic(_latent[i]);
            _slopes[i] = (_labels[i] ? 1 : 0) - probability;
            _roots[i] = Math.Sqrt(probability * (1 - probability));
        }
        var matrix = new double[Size * Size];
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j <= i; j++) { matrix[(i * Size) + j] = (_roots[i] * _kernel[(i * Size) + j] * _roots[j]) + (i == j ? 1 : 0); }
        }
        return Cholesky.Of(matrix, Size);
    }

    private double Likelihood(double[] latent)
    {
        var sum = 0.0;
        for (var i = 0; i < Size; i++)
        {
            var margin = _labels[i] ? latent[i] : -latent[i];
            sum -= Math.Max(0, -margin) + PortableMath.Log(1 + PortableMath.Exp(-Math.Abs(margin)));
        }
        return sum;
    }

    private static double Logistic(double x) =>
        x >= 0 ? 1 / (1 + PortableMath.Exp(-x)) : PortableMath.Exp(x) / (1 + PortableMath.Exp(x));
}
