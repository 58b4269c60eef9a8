namespace GrokPipeline.Training.GaussianProcesses;

/// <summary>The kernel σ²·exp(−½·Σ(xₖ − zₖ)²/ℓₖ²) over some rows, and what its numbers do to it.</summary>
/// <param name="inputs">Features, shape [rows, width].</param>
/// <param name="rows">Rows.</param>
internal sealed class RadialKernel(float[] inputs, int rows)
{
    private readonly int _width = inputs.Length / rows;

    /// <summary>The kernel of all pairs of rows, shape [rows, rows].</summary>
    /// <param name="logScales">log ℓ: one number, or one for each feature.</param>
    /// <param name="logDeviation">log σ.</param>
    public double[] Of(ReadOnlySpan<double> logScales, double logDeviation)
    {
        var (kernel, weights) = (new double[rows * rows], Weights(logScales));
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var distance = 0.0;
                for (var k = 0; k < _width; k++) { distance += Square(i, j, k) * weights[k]; }
                kernel[(i * rows) + j] = kernel[(j * rows) + i] = PortableMath.Exp((2 * logDeviation) - (distance / 2));
            }
        }
        return kernel;
    }

    /// <summary>The gradient of a number by log ℓ and log σ, from its sensitivity to each element of the kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="sensitivity">The derivative by each element, shape [rows, rows].</param>
    /// <param name="logScales">log ℓ.</param>
    /// <param name="ofScales">Receives the derivatives by log ℓ, as many.</param>
    /// <returns>The derivative by log σ.</returns>
    public double Gradient(double[] kernel, double[] sensitivity, ReadOnlySpan<double> logScales, Span<double> ofScales)
    {
        var (weights, sums, total) = (Weights(logScales), new double[_width], 0.0);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var share = (sensitivity[(i * rows) + j] + sensitivity[(j * rows) + i]) * kernel[(i * rows) + j];
                total += share;
                for (var k = 0; k < _width; k++) { sums[k] += share * Square(i, j, k); }
            }
            total += sensitivity[(i * rows) + i] * kernel[(i * rows) + i];
        }
        ofScales.Clear();
        for (var k = 0; k < _width; k++) { ofScales[ofScales.Length == 1 ? 0 : k] += sums[k] * weights[k]; }
        return 2 * total;
    }

    private double Square(int i, int j, int k)
    {
        var difference = (double)inputs[(i * _width) + k] - inputs[(j * _width) + k];
        return difference * difference;
    }

    // 1/ℓ² of each feature.
    private double[] Weights(ReadOnlySpan<double> logScales)
    {
        var weights = new double[_width];
        for (var k = 0; k < _width; k++) { weights[k] = PortableMath.Exp(-2 * logScales[logScales.Length == 1 ? 0 : k]); }
        return weights;
    }
}
