namespace GrokPipeline.Probes;

/// <summary>The two-dimensional spectrum of each neuron over pairs of operands, summed up by frequency.</summary>
internal static class PairSpectrum
{
    /// <summary>
    /// For each neuron its best frequency and that one's share of its variance, in [0, 1]; frequency 0 when it does not vary.
    /// </summary>
    /// <param name="grid">The pairs.</param>
    /// <param name="activation">Shape [p², width], finite.</param>
    public static (int Frequency, double Share)[] Of(InputGrid grid, Activation activation)
    {
        var (p, width, padded) = (grid.Modulus, activation.Width, DenseProducts.Padded(activation.Width));
        var (basis, along) = (grid.Waves.Basis(), new double[p * p * padded]);
        // Along b, for each a: [component, neuron]. Every a has its own memory, so the order in which they end changes nothing.
        Parallel.For(0, p, a =>
        {
            var values = new double[p * padded];
            for (var b = 0; b < p; b++)
            {
                for (var n = 0; n < width; n++) { values[(b * padded) + n] = activation.Values[(((a * p) + b) * width) + n]; }
            }
            DenseProducts.Multiply(basis, values, along.AsSpan(a * p * padded, p * padded), p, p, padded);
        });
        var power = new double[grid.Waves.Highest][];
        Parallel.For(0, power.Length, k => power[k] = PowerAt(k + 1, basis, along, p, padded));
        var variances = Variances(activation);
        var found = new (int Frequency, double Share)[width];
        for (var n = 0; n < width; n++)
        {
            if (!(variances[n] > 0)) { continue; }
            for (var k = 1; k <= power.Length; k++)
            {
                var share = power[k - 1][n] / variances[n];
                if (found[n].Frequency == 0 || share > found[n].Share) { found[n] = (k, share); }
            }
        }
        return found;
    }

    // Σ over the components (0 or k along a, 0 or k along b) without (0, 0), squared, per neuron.
    private static double[] PowerAt(int k, double[] basis, double[] along, int p, int padded)
    {
        int[] components = [0, (2 * k) - 1, 2 * k];
        var (power, sum) = (new double[padded], new double[padded]);
        foreach (var first in components)
        {
            foreach (var second in components)
            {
                if (first == 0 && second == 0) { continue; }
                Array.Clear(sum);
                for (var a = 0; a < p; a++)
                {
                    var (factor, row) = (basis[(first * p) + a], ((a * p) + second) * padded);
                    for (var n = 0; n < padded; n++) { sum[n] += factor * along[row + n]; }
                }
                for (var n = 0; n < padded; n++) { power[n] += sum[n] * sum[n]; }
            }
        }
        return power;
    }

    // Σ (x − mean)² over all pairs; 0 when it is not above what rounding of a constant leaves.
    private static double[] Variances(Activation activation)
    {
        var (width, rows) = (activation.Width, activation.Rows);
        var (means, squares) = (new double[width], new double[width]);
        for (var i = 0; i < activation.Values.Length; i++) { means[i % width] += activation.Values[i]; }
        for (var n = 0; n < width; n++) { means[n] /= rows; }
        for (var i = 0; i < activation.Values.Length; i++)
        {
            var centred = activation.Values[i] - means[i % width];
            squares[i % width] += centred * centred;
        }
        for (var n = 0; n < width; n++)
        {
            if (squares[n] <= 1e-12 * rows * means[n] * means[n]) { squares[n] = 0; }
        }
        return squares;
    }
}
