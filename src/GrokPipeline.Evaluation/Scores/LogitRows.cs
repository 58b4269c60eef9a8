using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace GrokPipeline.Evaluation.Scores;

/// <summary>
/// What is read from the logits of a batch: the largest of each row, the next, and sums of exponentials relative to the largest, in
/// float32 vectors of sixteen lanes, added up in a fixed order. A row of many classes fills vectors by itself; rows of few classes go
/// sixteen together, one in each lane.
/// </summary>
/// <param name="classes">Logits of a row, at least 1.</param>
internal sealed class LogitRows(int classes)
{
    /// <summary>Rows that are worked on together; every array has whole groups of them.</summary>
    public const int Lanes = 16;

    // So few terms are added in float32 before they go on in float64.
    private const int Chunk = 8;

    private static readonly Vector512<int> _lanes = Vector512<int>.Indices;

    private readonly float[] _padded = new float[(classes + Lanes - 1) / Lanes * Lanes];
    private readonly float[] _transposed = new float[classes <= Lanes ? classes * Lanes : 0];

    /// <summary>The class of each row's largest logit; the lowest of equal ones.</summary>
    public int[] Best { get; private set; } = [];

    /// <summary>Each row's largest logit.</summary>
    public float[] Top { get; private set; } = [];

    /// <summary>The largest of the others; −∞ when there is no other class.</summary>
    public float[] Second { get; private set; } = [];

    /// <summary>Σ exp(z − z_best) without the best itself.</summary>
    public double[] Rest { get; private set; } = [];

    /// <summary>Σ exp(z − z_best)² without the best.</summary>
    public double[] Squares { get; private set; } = [];

    /// <summary>Looks at rows; what was known of others is forgotten.</summary>
    /// <param name="logits">Row-major; not one is NaN.</param>
    /// <param name="sums">Whether the sums are wanted too.</param>
    public void Read(ReadOnlySpan<float> logits, bool sums)
    {
        var rows = logits.Length / classes;
        Reserve((rows + Lanes - 1) / Lanes * Lanes);
        if (classes <= Lanes)
        {
            for (var row = 0; row < rows; row += Lanes) { ReadTogether(row, logits[(row * classes)..], sums); }
            return;
        }
        for (var row = 0; row < rows; row++)
        {
            // Whole vectors are read; behind the last row there may be nothing to read.
            var own = logits[(row * classes)..];
            if (own.Length < _padded.Length)
            {
                own.CopyTo(_padded);
                own = _padded;
            }
            ReadAlone(row, ref MemoryMarshal.GetReference(own), sums);
        }
    }

    private void Reserve(int rows)
    {
        if (Best.Length >= rows) { return; }
        (Best, Top, Second, Rest, Squares) = (new int[rows], new float[rows], new float[rows], new double[rows], new double[rows]);
    }

    private void ReadAlone(int row, ref float first, bool sums)
    {
        var (top, second) = (Vector512.Create(float.NegativeInfinity), Vector512.Create(float.NegativeInfinity));
        for (var at = 0; at < classes; at += Lanes)
        {
            var z = Load(ref first, at);
            second = Vector512.MaxNative(second, Vector512.MinNative(top, z));
            top = Vector512.MaxNative(top, z);
        }
        var largest = Largest(top);
        var best = 0;
        for (var at = (classes - 1) / Lanes * Lanes; at >= 0; at -= Lanes)
        {
            var equal = Vector512.Equals(Load(ref first, at), Vector512.Create(largest)).ExtractMostSignificantBits();
            best = equal != 0 ? at + BitOperations.TrailingZeroCount(equal) : best;
        }
        (Best[row], Top[row]) = (best, largest);
        if (!sums) { return; }
        // The next largest is the largest of another lane, or the next of the same.
        var own = Vector512.Equals(_lanes, Vector512.Create(best % Lanes)).AsSingle();
        Second[row] = Largest(Vector512.ConditionalSelect(own, second, top));
        (Rest[row], Squares[row]) = Sums(ref first, best, largest);
    }

    private (double Sum, double Squares) Sums(ref float first, int best, float largest)
    {
        var (rest, restOfSquares) = (Vector512<double>.Zero, Vector512<double>.Zero);
        var position = _lanes;
        for (var chunk = 0; chunk < classes; chunk += Chunk * Lanes)
        {
            var (sum, squares) = (Vector512<float>.Zero, Vector512<float>.Zero);
            for (var at = chunk; at < Math.Min(classes, chunk + (Chunk * Lanes)); at += Lanes)
            {
                var z = Load(ref first, at) - Vector512.Create(largest);
                var e = FloatExponential.Of(Vector512.MaxNative(z, Vector512.Create(FloatExponential.Least)));
                e = Vector512.AndNot(e, Vector512.Equals(position, Vector512.Create(best)).AsSingle());
                (sum, squares) = (sum + e, Vector512.FusedMultiplyAdd(e, e, squares));
                position += Vector512.Create(Lanes);
            }
            (rest, restOfSquares) = (rest + Folded(sum), restOfSquares + Folded(squares));
        }
        // Beyond the row are lanes of −∞, whose least exponentials are far below what is kept of a sum.
        return (Folded(rest), Folded(restOfSquares));
    }

    // A vector of the row; −∞ beyond it, where the next row begins.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<float> Load(ref float first, int at)
    {
        var z = Vector512.LoadUnsafe(ref first, (nuint)at);
        return at + Lanes <= classes ? z : Vector512.ConditionalSelect(
            Vector512.LessThan(_lanes, Vector512.Create(classes - at)).AsSingle(), z, Vector512.Create(float.NegativeInfinity));
    }

    private void ReadTogether(int row, ReadOnlySpan<float> logits, bool sums)
    {
        var rows = Math.Min(Lanes, logits.Length / classes);
        for (var (lane, at) = (0, 0); lane < rows; lane++)
        {
            for (var c = 0; c < classes; c++, at++) { _transposed[(c * Lanes) + lane] = logits[at]; }
        }
        ref var first = ref MemoryMarshal.GetArrayDataReference(_transposed);
        var (top, second, best) = (Vector512.LoadUnsafe(ref first), Vector512.Create(float.NegativeInfinity), Vector512<int>.Zero);
        for (var c = 1; c < classes; c++)
        {
            var z = Vector512.LoadUnsafe(ref first, (nuint)(c * Lanes));
            second = Vector512.MaxNative(second, Vector512.MinNative(top, z));
            best = Vector512.ConditionalSelect(Vector512.GreaterThan(z, top).AsInt32(), Vector512.Create(c), best);
            top = Vector512.MaxNative(top, z);
        }
        best.CopyTo(Best, row);
        top.CopyTo(Top, row);
        if (!sums) { return; }
        second.CopyTo(Second, row);
        var (rest, squares) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (var c = 0; c < classes; c++)
        {
            var z = Vector512.LoadUnsafe(ref first, (nuint)(c * Lanes)) - top;
            var e = FloatExponential.Of(Vector512.MaxNative(z, Vector512.Create(FloatExponential.Least)));
            e = Vector512.AndNot(e, Vector512.Equals(best, Vector512.Create(c)).AsSingle());
            (rest, squares) = (rest + e, Vector512.FusedMultiplyAdd(e, e, squares));
        }
        Store(rest, Rest, row);
        Store(squares, Squares, row);
    }

    private static void Store(Vector512<float> values, double[] to, int row)
    {
        var (low, high) = Vector512.Widen(values);
        low.CopyTo(to, row);
        high.CopyTo(to, row + (Lanes / 2));
    }

    private static float Largest(Vector512<float> v)
    {
        var half = Vector256.MaxNative(v.GetLower(), v.GetUpper());
        var quarter = Vector128.MaxNative(half.GetLower(), half.GetUpper());
        quarter = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
        return Math.Max(quarter[0], quarter[1]);
    }

    private static Vector512<double> Folded(Vector512<float> v)
    {
        var (low, high) = Vector512.Widen(v);
        return low + high;
    }

    private static double Folded(Vector512<double> v)
    {
        var half = v.GetLower() + v.GetUpper();
        var quarter = half.GetLower() + half.GetUpper();
        return quarter[0] + quarter[1];
    }
}
