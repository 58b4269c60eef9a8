namespace GrokPipeline.Data.Expressions;

/// <summary>Whole numbers modulo a prime.</summary>
internal sealed class PrimeField
{
    private readonly long[] _inverses;

    internal PrimeField(int prime)
    {
        Prime = prime;
        _inverses = new long[prime];
        if (prime > 1) { _inverses[1] = 1; }
        // p = (p / k)·k + (p mod k), so that k⁻¹ = −(p / k)·(p mod k)⁻¹.
        for (var k = 2; k < prime; k++) { _inverses[k] = (prime - (prime / k)) * _inverses[prime % k] % prime; }
    }

    internal long Prime { get; }

    internal long Inverse(long value) => _inverses[value];

    internal static bool IsPrime(int number)
    {
        if (number < 2) { return false; }
        for (var divisor = 2; divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0) { return false; }
        }
        return true;
    }
}
