namespace GrokPipeline.Engines.Simd.Kernels;

/// <summary>
/// What a kernel has to do, from its shape: a lower bound of its time on any machine follows from it. Operations on padding, and what is
/// computed twice, do not count.
/// </summary>
/// <param name="Products">Floating-point operations of matrix products: 2·m·n·k.</param>
/// <param name="Others">Floating-point operations of everything else; <see cref="Code.StepCost"/> has the rule.</param>
/// <param name="Bytes">Bytes that it must read or write at least once, each once.</param>
internal readonly record struct KernelWork(long Products, long Others, long Bytes)
{
    /// <summary>The operations of a product.</summary>
    public static long Product(long m, long k, long n) => 2 * m * n * k;
}
