using GrokPipeline.Engines.Simd.Measuring;

namespace GrokPipeline.Engines.Simd;

/// <summary>
/// The limits of this machine on some threads, measured: how fast it computes when nothing is loaded, and how fast it reads when nothing is
/// computed. No kernel is faster than the one; none whose data comes from memory, and not from a cache, is faster than the other.
/// </summary>
/// <param name="Threads">On how many threads, all at once.</param>
/// <param name="Gigaflops">
/// 10⁹ operations a second of fused multiply-adds between registers, two each, in vectors as wide as the engine's. What shares of peak
/// refer to: nothing that loads or stores can reach it.
/// </param>
/// <param name="TileGigaflops">The same of the engine's own inner kernel of matrix products, on panels in the first-level cache.</param>
/// <param name="GigabytesPerSecond">10⁹ bytes a second that are read from a block larger than caches.</param>
public sealed record MachinePeak(int Threads, double Gigaflops, double TileGigaflops, double GigabytesPerSecond)
{
    /// <summary>
    /// Measures this machine now; takes about a second. Each number is the best of some hundred short runs. On a machine that others use too it
    /// may come out too low.
    /// </summary>
    /// <param name="threads">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is below 1.</exception>
    public static MachinePeak Measure(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var tiles = PeakMeter.Tiles(threads);
        // Tiles consist of fused multiply-adds: where they come out faster, it is the measurement of these that was disturbed.
        return new(threads, Math.Max(PeakMeter.Fused(threads), tiles), tiles, PeakMeter.Stream(threads));
    }

    /// <summary>The better of two measurements on as many threads, number by number.</summary>
    internal static MachinePeak Best(MachinePeak a, MachinePeak b) => new(
        a.Threads, Math.Max(a.Gigaflops, b.Gigaflops), Math.Max(a.TileGigaflops, b.TileGigaflops),
        Math.Max(a.GigabytesPerSecond, b.GigabytesPerSecond));

    /// <summary>The roofline: microseconds that work takes at least, by its operations and by its bytes from memory.</summary>
    /// <param name="flops">Floating-point operations.</param>
    /// <param name="bytes">Bytes read or written.</param>
    public double BoundMicroseconds(long flops, long bytes) =>
        Math.Max(flops / (Gigaflops * 1e3), bytes / (GigabytesPerSecond * 1e3));
}
