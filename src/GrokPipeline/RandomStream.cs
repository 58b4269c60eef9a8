using System.Runtime.Intrinsics;

namespace GrokPipeline;

/// <summary>
/// Successive draws of one named stream. The i-th 64-bit word is a pure function of (seed, i); the same on every machine. Not for
/// sharing between threads: derive a stream for each.
/// </summary>
public sealed class RandomStream
{
    private readonly ulong _key;
    private ulong _block;
    private ulong _second;
    private bool _hasSecond;

    internal RandomStream(Seed seed, ulong word = 0)
    {
        (_key, _block) = (seed.Value, word / 2);
        if (word % 2 == 1) { NextBits(); }
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        if (_hasSecond)
        {
            _hasSecond = false;
            return _second;
        }
        var (x0, x1, x2, x3) = Philox.Block(_key, _block++);
        _second = ((ulong)x3 << 32) | x2;
        _hasSecond = true;
        return ((ulong)x1 << 32) | x0;
    }

    /// <summary>Uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextUniform() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, <paramref name="bound"/>), without bias (Lemire 2019).</summary>
    /// <param name="bound">At least 1.</param>
    public int NextBelow(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        var range = (ulong)bound;
        var threshold = unchecked(0UL - range) % range;       // 2^64 mod range: values below it would be drawn once too often
        while (true)
        {
            var high = Math.BigMul(NextBits(), range, out var low);
            if (low >= threshold) { return (int)high; }
        }
    }

    /// <summary>Standard normal by Box and Muller's method, with logarithm and cosine that are the same on every machine.</summary>
    public double NextNormal()
    {
        var radius = Math.Sqrt(-2.0 * PortableMath.Log(1.0 - NextUniform()));
        return radius * PortableMath.CosTurns(NextUniform());
    }

    /// <summary>As many standard normal draws as there is room for: the same as by <see cref="NextNormal"/>, several at once.</summary>
    /// <param name="destination">Receives the draws.</param>
    public void NextNormals(Span<double> destination)
    {
        while (!_hasSecond && destination.Length >= NormalDraws.Count)
        {
            NormalDraws.Of(_key, _block).CopyTo(destination);
            _block += NormalDraws.Count;
            destination = destination[NormalDraws.Count..];
        }
        for (var i = 0; i < destination.Length; i++) { destination[i] = NextNormal(); }
    }

    /// <summary>Shuffles in place: each order is equally likely (Fisher and Yates, from the end).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextBelow(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
