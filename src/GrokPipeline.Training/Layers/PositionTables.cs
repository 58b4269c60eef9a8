namespace GrokPipeline.Training.Layers;

/// <summary>Fixed numbers that tell positions apart, computed in double precision by <see cref="PortableMath"/> and rounded once.</summary>
internal static class PositionTables
{
    /// <summary>Sines and cosines side by side, Float32[positions, width] (Vaswani et al. 2017).</summary>
    public static Tensor Sinusoids(int positions, int width)
    {
        var numbers = new float[positions * width];
        for (var i = 0; i < numbers.Length; i++)
        {
            var (place, pair, odd) = (i / width, i % width / 2, i % width % 2 != 0);
            var turns = place * Frequency(pair, width, 10_000);
            numbers[i] = (float)(odd ? PortableMath.CosTurns(turns) : PortableMath.SinTurns(turns));
        }
        return Tensor.Of<float>([positions, width], numbers);
    }

    /// <summary>
    /// Cosines and sines of rotary positions, each Float32[positions, 1, width]: both numbers of a pair have the same.
    /// </summary>
    public static (Tensor Cosines, Tensor Sines) Rotations(int first, int positions, int width, double slowest)
    {
        var (cosines, sines) = (new float[positions * width], new float[positions * width]);
        for (var i = 0; i < cosines.Length; i++)
        {
            var turns = (first + (i / width)) * Frequency(i % width / 2, width, slowest);
            (cosines[i], sines[i]) = ((float)PortableMath.CosTurns(turns), (float)PortableMath.SinTurns(turns));
        }
        return (Tensor.Of<float>([positions, 1, width], cosines), Tensor.Of<float>([positions, 1, width], sines));
    }

    /// <summary>The matrix that makes (−y, x) of each pair (x, y) of neighbours, from the right: Float32[width, width].</summary>
    public static Tensor QuarterTurn(int width)
    {
        var numbers = new float[width * width];
        for (var i = 0; i < width; i += 2) { (numbers[(i * width) + i + 1], numbers[((i + 1) * width) + i]) = (1, -1); }
        return Tensor.Of<float>([width, width], numbers);
    }

    // Turns for each position: slowest^(−2·pair/width)/2π.
    private static double Frequency(int pair, int width, double slowest) =>
        PortableMath.Exp(-2.0 * pair / width * PortableMath.Log(slowest)) / (2 * Math.PI);
}
