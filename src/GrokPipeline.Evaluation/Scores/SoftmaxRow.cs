using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace GrokPipeline.Evaluation.Scores;

/// <summary>
/// The exponentials of a row of logits in float64, relative to the largest: four at a time, sums over four lanes in a fixed order.
/// Judging a row of 97 classes one exponential after the other would take longer than many a model takes.
/// </summary>
internal ref struct SoftmaxRow
{
    private const int Lanes = 4;

    /// <summary>The class of the largest logit; the lowest of equal ones. −1 when a logit is NaN or +∞.</summary>
    public int Best;

    /// <summary>The largest logit of the others; −∞ when there is no other class.</summary>
    public float Second;

    /// <summary>Σ exp(z − z_best) without the best itself, so that a tiny rest is not lost beside 1.</summary>
    public double Rest;

    /// <summary>Σ exp(z − z_best)² without the best.</summary>
    public double RestOfSquares;

    /// <summary>Looks at a row.</summary>
    /// <param name="logits">One per class, at least one.</param>
    /// <param name="exponentials">Receives exp(z − z_best), same length.</param>
    public static SoftmaxRow Of(ReadOnlySpan<float> logits, Span<double> exponentials)
    {
        var row = new SoftmaxRow { Best = 0, Second = float.NegativeInfinity };
        for (var c = 1; c < logits.Length; c++)
        {
            if (logits[c] > logits[row.Best]) { (row.Second, row.Best) = (Math.Max(row.Second, logits[row.Best]), c); }
            else { row.Second = Math.Max(row.Second, logits[c]); }              // NaN stays: Math.Max passes it on
        }
        Exponentials(logits, logits[row.Best], exponentials);
        if (float.IsNaN(row.Second) || !float.IsFinite(logits[row.Best]))
        {
            row.Best = -1;
            return row;
        }
        exponentials[row.Best] = 0;
        (row.Rest, row.RestOfSquares) = Sums(exponentials);
        exponentials[row.Best] = 1;
        return row;
    }

    private static void Exponentials(ReadOnlySpan<float> logits, float largest, Span<double> destination)
    {
        var shift = Vector256.Create((double)largest);
        var whole = logits.Length / Lanes * Lanes;
        for (var c = 0; c < whole; c += Lanes)
        {
            var z = Vector256.Create((double)logits[c], logits[c + 1], logits[c + 2], logits[c + 3]);
            Vector256.Exp(z - shift).CopyTo(destination[c..]);
        }
        for (var c = whole; c < logits.Length; c++)
        {
            destination[c] = Vector256.Exp(Vector256.Create((double)logits[c]) - shift).ToScalar();
        }
    }

    private static (double Sum, double Squares) Sums(ReadOnlySpan<double> values)
    {
        var (sum, squares) = (Vector256<double>.Zero, Vector256<double>.Zero);
        foreach (var v in MemoryMarshal.Cast<double, Vector256<double>>(values))
        {
            sum += v;
            squares += v * v;
        }
        var (total, ofSquares) = (Fold(sum), Fold(squares));
        for (var i = values.Length / Lanes * Lanes; i < values.Length; i++)
        {
            total += values[i];
            ofSquares += values[i] * values[i];
        }
        return (total, ofSquares);
    }

    private static double Fold(Vector256<double> v) => (v[0] + v[2]) + (v[1] + v[3]);
}
