namespace GrokPipeline.Evaluation.Theory;

/// <summary>
/// The limit of the eigenvalues of XᵀX/N, where X has N rows of d independent entries with mean 0 and variance 1, as both grow with
/// d/N fixed (Marchenko and Pastur 1967). The eigenvalues lie between (1 − √ratio)² and (1 + √ratio)², and at 0 where d exceeds N.
/// </summary>
public static class MarchenkoPastur
{
    private const int Nodes = 4096;

    /// <summary>The share of eigenvalues that are exactly 0: 1 − 1/ratio above 1, otherwise 0.</summary>
    /// <param name="ratio">Inputs per row, d/N; above 0 and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ratio"/> is out of range.</exception>
    public static double ShareOfZeros(double ratio)
    {
        Check(ratio);
        return ratio > 1 ? 1 - (1 / ratio) : 0;
    }

    /// <summary>The mean of <paramref name="function"/> over the eigenvalues, zeros included.</summary>
    /// <param name="ratio">Inputs per row, d/N; above 0 and finite.</param>
    /// <param name="function">Smooth on the range of the eigenvalues.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ratio"/> is out of range.</exception>
    /// <remarks>
    /// With ν = 1 + ratio + 2√ratio·cos θ the density becomes (2/π)·sin²θ/ν on [0, π], which has no root at the ends, and the midpoint
    /// rule converges faster than any power of the number of nodes. A function as narrow as e^(−aν) keeps its digits to a near 10⁵.
    /// </remarks>
    public static double Mean(double ratio, Func<double, double> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var zeros = ShareOfZeros(ratio);
        var sum = 0.0;
        for (var i = 0; i < Nodes; i++)
        {
            var turns = (i + 0.5) / (2 * Nodes);
            var sine = PortableMath.SinTurns(turns);
            var value = 1 + ratio + (2 * Math.Sqrt(ratio) * PortableMath.CosTurns(turns));
            sum += function(value) * sine * sine / value;
        }
        var positive = 2 * sum / Nodes;
        return zeros > 0 ? positive + (zeros * function(0)) : positive;
    }

    internal static void Check(double ratio)
    {
        if (!(ratio > 0 && double.IsFinite(ratio)))
        {
            throw new ArgumentOutOfRangeException(nameof(ratio), ratio, "Inputs per row must be above 0 and finite.");
        }
    }
}
