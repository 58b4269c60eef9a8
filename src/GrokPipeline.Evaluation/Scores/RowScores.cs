using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GrokPipeline.Evaluation.Scores;

/// <summary>Loss, confidence, squared error and margin of rows from what <see cref="LogitRows"/> has read of them, eight rows at a time.</summary>
internal sealed class RowScores
{
    private const int Half = LogitRows.Lanes / 2;

    private long[] _targets = [];
    private float[] _right = [];

    /// <summary>−log p of the right class, in nats.</summary>
    public double[] Loss { get; private set; } = [];

    /// <summary>The largest probability.</summary>
    public double[] Confidence { get; private set; } = [];

    /// <summary>Σ over classes of (probability − truth)².</summary>
    public double[] SquaredError { get; private set; } = [];

    /// <summary>The right class's logit minus the largest of the others.</summary>
    public double[] Margin { get; private set; } = [];

    /// <summary>Works out the numbers of rows.</summary>
    /// <param name="read">The rows, read with their sums.</param>
    /// <param name="targets">The right class of each.</param>
    /// <param name="logits">Their logits, row-major.</param>
    /// <param name="classes">Logits of a row.</param>
    public void Read(LogitRows read, ReadOnlySpan<long> targets, ReadOnlySpan<float> logits, int classes)
    {
        Reserve((targets.Length + LogitRows.Lanes - 1) / LogitRows.Lanes * LogitRows.Lanes);
        targets.CopyTo(_targets);
        for (var row = 0; row < targets.Length; row++) { _right[row] = logits[(row * classes) + (int)targets[row]]; }
        for (var row = 0; row < targets.Length; row += LogitRows.Lanes)
        {
            var (top, right) = (Vector512.LoadUnsafe(ref read.Top[row]), Vector512.LoadUnsafe(ref _right[row]));
            var (lowBest, highBest) = Vector512.Widen(Vector512.LoadUnsafe(ref read.Best[row]));
            var e = FloatExponential.Of(Vector512.MaxNative(right - top, Vector512.Create(FloatExponential.Least)));
            var ((lowTop, highTop), (lowRight, highRight)) = (Vector512.Widen(top), Vector512.Widen(right));
            var (lowSecond, highSecond) = Vector512.Widen(Vector512.LoadUnsafe(ref read.Second[row]));
            var (lowE, highE) = Vector512.Widen(e);
            Write(row, read, lowBest, lowTop, lowSecond, lowRight, lowE);
            Write(row + Half, read, highBest, highTop, highSecond, highRight, highE);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write(
        int row, LogitRows read, Vector512<long> best, Vector512<double> top, Vector512<double> second, Vector512<double> right,
        Vector512<double> e)
    {
        var (one, rest, squares) = (Vector512<double>.One, Vector512.LoadUnsafe(ref read.Rest[row]), Vector512.LoadUnsafe(ref read.Squares[row]));
        var hit = Vector512.Equals(best, Vector512.LoadUnsafe(ref _targets[row])).AsDouble();
        var share = one / (one + rest);                                        // of the best class
        Vector512.StoreUnsafe(share, ref Confidence[row]);
        Vector512.StoreUnsafe(right - Vector512.ConditionalSelect(hit, second, top), ref Margin[row]);
        // Σ over all classes of p², with the right one's taken out and put in as (1 − p)².
        var miss = Vector512.ConditionalSelect(hit, rest * share, one - (e * share));
        var others = Vector512.ConditionalSelect(hit, squares, Vector512.Max(Vector512<double>.Zero, squares + one - (e * e)));
        Vector512.StoreUnsafe((miss * miss) + (others * share * share), ref SquaredError[row]);
        Vector512.StoreUnsafe(LogOfOnePlus(rest) + (top - right), ref Loss[row]);
    }

    /// <summary>log(1 + x) for x of at least 0, to all digits of a small x.</summary>
    public static double LogOfOnePlus(double x) => LogOfOnePlus(Vector512.Create(x))[0];

    // With what rounding 1 + x takes away put back: its first order is enough, for it is below 2⁻⁵³ of the sum.
    private static Vector512<double> LogOfOnePlus(Vector512<double> x)
    {
        var sum = Vector512<double>.One + x;
        return Vector512.Log(sum) + ((x - (sum - Vector512<double>.One)) / sum);
    }

    private void Reserve(int rows)
    {
        if (_targets.Length >= rows) { return; }
        (_targets, _right) = (new long[rows], new float[rows]);
        (Loss, Confidence, SquaredError, Margin) = (new double[rows], new double[rows], new double[rows], new double[rows]);
    }
}
