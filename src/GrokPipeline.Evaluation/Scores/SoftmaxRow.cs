using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace GrokPipeline.Evaluation.Scores;

/// <summary>
/// A row of logits and its exponentials in float64, relative to the largest: whole vectors, sums over eight lanes in a fixed order.
/// Judging a row of 97 classes one exponential after the other would take longer than many a model takes.
/// </summary>
/// <param name="classes">Logits of a row, at least 1.</param>
internal sealed class SoftmaxRow(int classes)
{
    private const int Lanes = 8, Block = 16;

    // exp(−700) is 1e-304: nothing beside any sum here. Below it the runtime's exponential takes a slow way.
    private const double Lowest = -700;

    // Whole vectors, so that no loop has a rest: what is beyond the row is −∞.
    private readonly float[] _logits = new float[(classes + Block - 1) / Block * Block];
    private readonly double[] _exponentials = new double[(classes + Block - 1) / Block * Block];

    /// <summary>The class of the largest logit; the lowest of equal ones. −1 when a logit is NaN or the largest is infinite.</summary>
    public int Best { get; private set; }

    /// <summary>The largest logit of the others; −∞ when there is no other class.</summary>
    public float Second { get; private set; }

    /// <summary>Σ exp(z − z_best) without the best itself, so that a tiny rest is not lost beside 1.</summary>
    public double Rest { get; private set; }

    /// <summary>Σ exp(z − z_best)² without the best.</summary>
    public double RestOfSquares { get; private set; }

    /// <summary>exp(z − z_best) of each class; 1 for the best.</summary>
    public ReadOnlySpan<double> Exponentials => _exponentials.AsSpan(0, classes);

    /// <summary>Looks at a row; what was known of another is forgotten.</summary>
    /// <param name="logits">One per class.</param>
    public void Read(ReadOnlySpan<float> logits)
    {
        logits.CopyTo(_logits);
        _logits.AsSpan(classes).Fill(float.NegativeInfinity);
        var largest = Largest(_logits);
        Best = float.IsFinite(largest) ? IndexOf(_logits, largest) : -1;
        if (Best < 0) { return; }
        _logits[Best] = float.NegativeInfinity;
        Second = Largest(_logits);
        Add(largest);
        _exponentials[Best] = 1;
    }

    // NaN when one is NaN. The order does not matter: nothing is rounded.
    private static float Largest(ReadOnlySpan<float> logits)
    {
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(logits);
        var lanes = vectors[0];
        foreach (var vector in vectors[1..]) { lanes = Vector512.Max(lanes, vector); }
        var half = Vector256.Max(lanes.GetLower(), lanes.GetUpper());
        var quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        return Math.Max(Math.Max(quarter[0], quarter[1]), Math.Max(quarter[2], quarter[3]));
    }

    private static int IndexOf(ReadOnlySpan<float> logits, float value)
    {
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(logits);
        for (var i = 0; ; i++)
        {
            var equal = Vector512.Equals(vectors[i], Vector512.Create(value)).ExtractMostSignificantBits();
            if (equal != 0) { return (i * Block) + BitOperations.TrailingZeroCount(equal); }
        }
    }

    private void Add(float largest)
    {
        var (shift, sum, squares) = (Vector512.Create((double)largest), Vector512<double>.Zero, Vector512<double>.Zero);
        var logits = MemoryMarshal.Cast<float, Vector256<float>>(_logits);
        for (var i = 0; i < logits.Length; i++)
        {
            var (low, high) = Vector256.Widen(logits[i]);
            var e = Vector512.Exp(Vector512.Max(Vector512.Create(low, high) - shift, Vector512.Create(Lowest)));
            e.CopyTo(_exponentials, i * Lanes);
            sum += e;
            squares += e * e;
        }
        (Rest, RestOfSquares) = (Fold(sum), Fold(squares));
    }

    private static double Fold(Vector512<double> v) => ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}
