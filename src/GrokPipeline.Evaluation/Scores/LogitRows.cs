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

    // A row is whole vectors and, when not all is in them, one more whose other lanes count as −∞.
    private readonly int _whole = classes / Lanes * Lanes;
    private readonly Vector512<float> _tail = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(classes % Lanes)).AsSingle();
    private readonly float[] _padded = new float[(classes + Lanes - 1) / Lanes * Lanes];
    private Vector512<float> _zeros;                                            // 0 times every logit: NaN for those that are not finite
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

    /// <summary>Whether a logit was NaN or infinite; then nothing is sure of any row. Known when no sums were wanted: a sum tells it itself.</summary>
    public bool Spoiled { get; private set; }

    /// <summary>Looks at rows; what was known of others is forgotten.</summary>
    /// <param name="logits">Row-major. A row with a logit that is NaN has a <see cref="Rest"/> that is NaN.</param>
    /// <param name="sums">Whether the sums are wanted too, and the next largest logits.</param>
    public void Read(ReadOnlySpan<float> logits, bool sums)
    {
        var rows = logits.Length / classes;
        _zeros = Vector512<float>.Zero;
        Reserve((rows + Lanes - 1) / Lanes * Lanes);
        for (var row = 0; row < rows && classes <= Lanes; row += Lanes) { ReadTogether(row, logits[(row * classes)..], sums); }
        for (var row = 0; row < rows && classes > Lanes; row++)
        {
            // Whole vectors are read; behind the last row there may be nothing to read.
            var own = logits[(row * classes)..];
            if (own.Length < _padded.Length)
            {
                own.CopyTo(_padded);
                own = _padded;
            }
            if (sums) { Sum(row, ref MemoryMarshal.GetReference(own)); }
            else { FindBest(row, ref MemoryMarshal.GetReference(own)); }
        }
        Spoiled = _zeros != Vector512<float>.Zero;                              // NaN is not 0 either
    }

    private void Reserve(int rows)
    {
        if (Best.Length >= rows) { return; }
        (Best, Top, Second, Rest, Squares) = (new int[rows], new float[rows], new float[rows], new double[rows], new double[rows]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindBest(int row, ref float first)
    {
        var (top, zeros, found) = (Vector512.Create(float.NegativeInfinity), _zeros, Vector512<int>.Zero);
        for (var at = 0; at < _whole; at += Lanes)
        {
            var z = Vector512.LoadUnsafe(ref first, (nuint)at);
            zeros = Vector512.FusedMultiplyAdd(z, Vector512<float>.Zero, zeros);
            found = Vector512.ConditionalSelect(Vector512.GreaterThan(z, top).AsInt32(), Vector512.Create(at), found);
            top = Vector512.MaxNative(top, z);
        }
        if (_whole < classes)
        {
            zeros = Vector512.FusedMultiplyAdd(
                Vector512.LoadUnsafe(ref first, (nuint)_whole) & _tail, Vector512<float>.Zero, zeros);
            found = Vector512.ConditionalSelect(Vector512.GreaterThan(Tail(ref first), top).AsInt32(), Vector512.Create(_whole), found);
            top = Vector512.MaxNative(top, Tail(ref first));
        }
        _zeros = zeros;
        var largest = Largest(top);
        (Best[row], Top[row]) = (First(top, largest, found), largest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum(int row, ref float first)
    {
        var (top, second, found) = (
            Vector512.Create(float.NegativeInfinity), Vector512.Create(float.NegativeInfinity), Vector512<int>.Zero);
        for (var at = 0; at < _whole; at += Lanes)
        {
            var z = Vector512.LoadUnsafe(ref first, (nuint)at);
            second = Vector512.MaxNative(second, Vector512.MinNative(top, z));
            found = Vector512.ConditionalSelect(Vector512.GreaterThan(z, top).AsInt32(), Vector512.Create(at), found);
            top = Vector512.MaxNative(top, z);
        }
        if (_whole < classes)
        {
            var z = Tail(ref first);
            second = Vector512.MaxNative(second, Vector512.MinNative(top, z));
            found = Vector512.ConditionalSelect(Vector512.GreaterThan(z, top).AsInt32(), Vector512.Create(_whole), found);
            top = Vector512.MaxNative(top, z);
        }
        var largest = Largest(top);
        var best = First(top, largest, found);
        (Best[row], Top[row]) = (best, largest);
        // The next largest is the largest of another lane, or the next of the same.
        var own = Vector512.Equals(Vector512<int>.Indices, Vector512.Create(best % Lanes)).AsSingle();
        Second[row] = Largest(Vector512.ConditionalSelect(own, second, top));
        (Rest[row], Squares[row]) = Sums(ref first, best, largest);
    }

    // The lowest class of those whose logit is the largest: each lane knows where its own stands first. No class when the largest is NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int First(Vector512<float> top, float largest, Vector512<int> found)
    {
        var equal = Vector512.Equals(top, Vector512.Create(largest)).AsInt32();
        var v = Vector512.ConditionalSelect(equal, found + Vector512<int>.Indices, Vector512.Create(int.MaxValue));
        var half = Vector256.Min(v.GetLower(), v.GetUpper());
        var quarter = Vector128.Min(half.GetLower(), half.GetUpper());
        quarter = Vector128.Min(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Min(quarter, Vector128.Shuffle(quarter, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (double Sum, double Squares) Sums(ref float first, int best, float largest)
    {
        var (rest, restOfSquares) = (Vector512<double>.Zero, Vector512<double>.Zero);
        var (top, away) = (Vector512.Create(largest), Vector512.Create(best));
        var position = Vector512<int>.Indices;
        for (var at = 0; at < classes;)
        {
            var (sum, squares) = (Vector512<float>.Zero, Vector512<float>.Zero);
            for (var end = Math.Min(_whole, at + (Chunk * Lanes)); at < end; at += Lanes)
            {
                var e = Vector512.AndNot(
                    Exponentials(Vector512.LoadUnsafe(ref first, (nuint)at), top), Vector512.Equals(position, away).AsSingle());
                (sum, squares) = (sum + e, Vector512.FusedMultiplyAdd(e, e, squares));
                position += Vector512.Create(Lanes);
            }
            if (at == _whole)
            {
                var e = Vector512.AndNot(Exponentials(Tail(ref first), top), Vector512.Equals(position, away).AsSingle());
                (sum, squares) = (sum + e, Vector512.FusedMultiplyAdd(e, e, squares));
                at += Lanes;
            }
            (rest, restOfSquares) = (rest + Folded(sum), restOfSquares + Folded(squares));
        }
        // Beyond the row are lanes of −∞, whose least exponentials are far below what is kept of a sum.
        return (Folded(rest), Folded(restOfSquares));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<float> Tail(ref float first) => Vector512.ConditionalSelect(
        _tail, Vector512.LoadUnsafe(ref first, (nuint)_whole), Vector512.Create(float.NegativeInfinity));

    // The least number first: of a number and NaN the second is given, so that a logit that is NaN makes its sum NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Exponentials(Vector512<float> z, Vector512<float> top) =>
        FloatExponential.Of(Vector512.MaxNative(Vector512.Create(FloatExponential.Least), z - top));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadTogether(int row, ReadOnlySpan<float> logits, bool sums)
    {
        var rows = Math.Min(Lanes, logits.Length / classes);
        for (var (lane, at) = (0, 0); lane < rows; lane++)
        {
            for (var c = 0; c < classes; c++, at++) { _transposed[(c * Lanes) + lane] = logits[at]; }
        }
        ref var first = ref MemoryMarshal.GetArrayDataReference(_transposed);
        var (top, second, best) = (Vector512.LoadUnsafe(ref first), Vector512.Create(float.NegativeInfinity), Vector512<int>.Zero);
        var zeros = Vector512.FusedMultiplyAdd(top, Vector512<float>.Zero, _zeros);
        for (var c = 1; c < classes; c++)
        {
            var z = Vector512.LoadUnsafe(ref first, (nuint)(c * Lanes));
            zeros = Vector512.FusedMultiplyAdd(z, Vector512<float>.Zero, zeros);
            second = Vector512.MaxNative(second, Vector512.MinNative(top, z));
            best = Vector512.ConditionalSelect(Vector512.GreaterThan(z, top).AsInt32(), Vector512.Create(c), best);
            top = Vector512.MaxNative(top, z);
        }
        _zeros = zeros;
        best.CopyTo(Best, row);
        top.CopyTo(Top, row);
        if (!sums) { return; }
        second.CopyTo(Second, row);
        var (rest, squares) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (var c = 0; c < classes; c++)
        {
            var e = Vector512.AndNot(
                Exponentials(Vector512.LoadUnsafe(ref first, (nuint)(c * Lanes)), top), Vector512.Equals(best, Vector512.Create(c)).AsSingle());
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
        return Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(1, 0, 3, 2))).ToScalar();
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
