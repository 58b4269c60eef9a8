namespace GrokPipeline.Probes.Landscape;

/// <summary>A way to write a network shorter: what low rank keeps and how coarse its numbers are.</summary>
/// <param name="Kept">Share τ of the sum of singular values that is kept, in (0, 1]; 1 leaves matrices as they are.</param>
/// <param name="Step">Distance δ between neighbouring values, above 0.</param>
internal readonly record struct Coarseness(double Kept, double Step);

/// <summary>A matrix in two factors, or any parameter as it is; both are rounded to multiples of a step when they are written.</summary>
/// <param name="Left">Shape [rows, rank], the singular vectors times σ; the whole parameter when <paramref name="Rank"/> is 0.</param>
/// <param name="Right">Shape [rank, columns]; empty when <paramref name="Rank"/> is 0.</param>
/// <param name="Rank">Singular values kept; 0 for a parameter as it is.</param>
/// <param name="Columns">Columns of the product.</param>
internal sealed record Factors(double[] Left, double[] Right, int Rank, int Columns)
{
    /// <summary>Rounded values in units of <paramref name="step"/>; a value half way goes to the even one.</summary>
    public (long[] Left, long[] Right) Round(double step) => (Round(Left, step), Round(Right, step));

    /// <summary>The parameter that rounded factors stand for.</summary>
    public void Restore((long[] Left, long[] Right) rounded, double step, Span<float> destination)
    {
        if (Rank == 0)
        {
            for (var i = 0; i < destination.Length; i++) { destination[i] = (float)(rounded.Left[i] * step); }
            return;
        }
        var row = new double[Columns];
        for (var i = 0; i < destination.Length / Columns; i++)
        {
            Array.Clear(row);
            for (var k = 0; k < Rank; k++)
            {
                var factor = rounded.Left[(i * Rank) + k] * step * step;
                if (factor == 0) { continue; }
                for (var j = 0; j < Columns; j++) { row[j] += factor * rounded.Right[(k * Columns) + j]; }
            }
            for (var j = 0; j < Columns; j++) { destination[(i * Columns) + j] = (float)row[j]; }
        }
    }

    private static long[] Round(double[] values, double step)
    {
        var rounded = new long[values.Length];
        for (var i = 0; i < values.Length; i++) { rounded[i] = (long)Math.Clamp(Math.Round(values[i] / step), -1e15, 1e15); }
        return rounded;
    }
}
