namespace GrokPipeline.Probes;

/// <summary>Cosines and sines over the p values of an operand: <c>cos(2πm/p)</c> and <c>sin(2πm/p)</c> for m = 0 … p − 1.</summary>
internal sealed class Waves
{
    /// <summary>Tables for a modulus.</summary>
    /// <param name="p">At least 1.</param>
    public Waves(int p)
    {
        (Cosines, Sines) = (new double[p], new double[p]);
        for (var m = 0; m < p; m++)
        {
            (Cosines[m], Sines[m]) = (PortableMath.CosTurns((double)m / p), PortableMath.SinTurns((double)m / p));
        }
    }

    /// <summary>Frequencies 1 … this are all that p points tell apart.</summary>
    public int Highest => Cosines.Length / 2;

    /// <summary>Cosines by m.</summary>
    public double[] Cosines { get; }

    /// <summary>Sines by m.</summary>
    public double[] Sines { get; }

    /// <summary>The index m of <c>2πkx/p</c>.</summary>
    public int At(int frequency, int x) => (int)((long)frequency * x % Cosines.Length);

    /// <summary>
    /// The orthonormal real basis of functions of an operand (Nanda et al. 2023): row 0 is constant, rows 2k − 1 and 2k are cosine and sine
    /// of frequency k. For an odd p.
    /// </summary>
    /// <returns>Shape [p, p], row-major.</returns>
    public double[] Basis()
    {
        var p = Cosines.Length;
        var (basis, scale) = (new double[p * p], Math.Sqrt(2.0 / p));
        basis.AsSpan(0, p).Fill(1 / Math.Sqrt(p));
        for (var k = 1; k <= Highest; k++)
        {
            for (var x = 0; x < p; x++)
            {
                basis[(((2 * k) - 1) * p) + x] = scale * Cosines[At(k, x)];
                basis[(2 * k * p) + x] = scale * Sines[At(k, x)];
            }
        }
        return basis;
    }

    /// <summary>0 for equal shares of a total, near 1 for a single one: the Gini coefficient of numbers that are at least 0.</summary>
    public static double Gini(IReadOnlyList<double> shares)
    {
        var sorted = shares.Order().ToArray();
        double weighted = 0;
        for (var i = 0; i < sorted.Length; i++) { weighted += ((2.0 * (i + 1)) - sorted.Length - 1) * sorted[i]; }
        var total = sorted.Sum();
        return total == 0 ? 0 : weighted / (sorted.Length * total);
    }
}
