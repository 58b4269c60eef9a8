using System.Numerics;

namespace GrokPipeline.Graphs.Ops;

/// <summary>Error function, <c>y = 2/√π · ∫₀ˣ exp(−t²) dt</c> (ONNX <c>Erf</c>, opset 13).</summary>
public readonly struct Erf : IElementwise<Erf>
{
    /// <inheritdoc/>
    public static string OpType => "Erf";

    /// <inheritdoc/>
    public static T Invoke<T>(T x)
        where T : IFloatingPointIeee754<T> => T.CreateTruncating(Series(double.CreateTruncating(x)));

    /// <inheritdoc/>
    public static Value? Derivative(Value x, Value y) => (2 / Math.Sqrt(Math.PI)) * (-(x * x)).Exp();

    // erf x = 2/√π · e^(−x²) · Σ 2ⁿ·x^(2n+1)/(2n+1)!! (Abramowitz and Stegun 7.1.6): all terms have one sign, so nothing cancels.
    // Beyond 6 the distance from 1 is below half a unit in the last place.
    private static double Series(double x)
    {
        if (double.IsNaN(x)) { return x; }
        if (Math.Abs(x) >= 6) { return Math.Sign(x); }
        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-(x * x)) * sum;
    }
}

/// <summary>The function on values.</summary>
public static class ErfExtensions
{
    extension(Value x)
    {
        /// <summary>Elementwise error function.</summary>
        public Value Erf() => Value.Of(new Elementwise<Erf>(), x);
    }
}
