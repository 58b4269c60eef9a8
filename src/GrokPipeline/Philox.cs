namespace GrokPipeline;

/// <summary>
/// The counter-based generator Philox 4×32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3").
/// Four 32-bit words per 128-bit counter and 64-bit key, the same on every machine.
/// </summary>
public static class Philox
{
    private const uint M0 = 0xD2511F53, M1 = 0xCD9E8D57, W0 = 0x9E3779B9, W1 = 0xBB67AE85;

    /// <summary>The block of four words at a counter.</summary>
    public static (uint X0, uint X1, uint X2, uint X3) Block(ulong key, ulong counterLow, ulong counterHigh = 0)
    {
        unchecked
        {
            var (k0, k1) = ((uint)key, (uint)(key >> 32));
            var (x0, x1, x2, x3) = ((uint)counterLow, (uint)(counterLow >> 32), (uint)counterHigh, (uint)(counterHigh >> 32));
            for (var round = 0; round < 10; round++)
            {
                var (p0, p1) = ((ulong)M0 * x0, (ulong)M1 * x2);
                (x0, x1, x2, x3) = ((uint)(p1 >> 32) ^ x1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ x3 ^ k1, (uint)p0);
                k0 += W0;
                k1 += W1;
            }
            return (x0, x1, x2, x3);
        }
    }
}
