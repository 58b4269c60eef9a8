namespace GrokPipeline.Engines.Simd;

/// <summary>A kernel of a plan: what it has to do, and how long it takes.</summary>
/// <param name="Kernel">What it computes: <c>Product 2048 x 128 x 512 (NT)</c>.</param>
/// <param name="Chunks">Pieces that threads share.</param>
/// <param name="ProductFlops">Operations of its matrix products, 2·m·n·k for the true sizes.</param>
/// <param name="Flops">All its floating-point operations.</param>
/// <param name="Bytes">Bytes that it reads or writes at least once, each once.</param>
/// <param name="Microseconds">Time of a run: a fifth of the measured runs took less.</param>
public sealed record KernelReport(string Kernel, int Chunks, long ProductFlops, long Flops, long Bytes, double Microseconds)
{
    /// <summary>10⁹ operations a second; 0 when the kernel is faster than the clock.</summary>
    public double Gigaflops => Microseconds > 0 ? Flops / (Microseconds * 1e3) : 0;
}
