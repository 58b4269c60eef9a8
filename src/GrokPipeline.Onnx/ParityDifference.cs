namespace GrokPipeline.Onnx;

/// <summary>How far two tensors are apart, the first of which is the measure.</summary>
/// <param name="Name">The value's name.</param>
/// <param name="Distribution">The rows on which it was computed: a split or shift.</param>
/// <param name="Absolute">The largest |a − b|; infinite where one is NaN and the other is not.</param>
/// <param name="Relative">
/// The largest |a − b| over the largest finite |a|, both over all batches: a share of the tensor's scale, not of each element; 0 for
/// labels and truth values, which have no scale.
/// </param>
/// <param name="Scale">The largest finite |a|.</param>
/// <param name="Agreeing">Rows whose largest element is at the same place in both; of integers, rows that are equal.</param>
/// <param name="Rows">Rows compared, over all batch sizes; a tensor with several rows for one row of data has more.</param>
/// <param name="Worst">Where the largest difference was.</param>
public sealed record ParityDifference(
    string Name, string Distribution, double Absolute, double Relative, double Scale, long Agreeing, long Rows, ParityPlace Worst)
{
    /// <summary>
    /// How often the softmaxes before this value amplify rounding, at least 1: a difference of this many times a tolerance is no larger
    /// than one of the tolerance before them.
    /// </summary>
    public double Condition { get; init; } = 1;

    /// <summary>The share of rows whose largest element is at the same place in both, in [0, 1].</summary>
    public double ArgmaxAgreement => (double)Agreeing / Rows;

    /// <summary>Compares two tensors of one type whose first axis is the batch, or a multiple of it.</summary>
    /// <param name="name">The value's name.</param>
    /// <param name="distribution">What the rows are.</param>
    /// <param name="expected">The measure.</param>
    /// <param name="actual">What is compared with it.</param>
    /// <param name="batch">Which rows of the distribution these are.</param>
    public static ParityDifference Of(string name, string distribution, Tensor expected, Tensor actual, ParityBatch batch)
    {
        var stride = expected.Shape.Count % batch.Size == 0 && expected.Shape.Rank > 0 && expected.Shape[0] % batch.Size == 0
            ? expected.Shape.Count / batch.Size : 0;                                 // 0: not of the batch
        var (from, count) = stride == 0 ? (0, expected.Shape.Count) : (batch.Skipped * stride, batch.Count * stride);
        if (expected.Type.Element != ElementType.Float32) { return Equality(name, distribution, expected, actual, batch, from, count); }
        var a = expected.AsSpan<float>().Slice(from, count);
        var b = actual.AsSpan<float>().Slice(from, count);
        var (absolute, scale, at) = (0.0, 0.0, 0);
        for (var i = 0; i < a.Length; i++)
        {
            if (float.IsFinite(a[i])) { scale = Math.Max(scale, Math.Abs(a[i])); }
            if (a[i] == b[i]) { continue; }
            var distance = Distance(a[i], b[i]);
            if (distance > absolute) { (absolute, at) = (distance, i); }
        }
        var width = expected.Shape.Rank < 2 ? 1 : expected.Shape[-1];
        var agreeing = 0L;
        for (var i = 0; i < a.Length; i += width)
        {
            if (Largest(a.Slice(i, width)) == Largest(b.Slice(i, width))) { agreeing++; }
        }
        return new(
            name, distribution, absolute, absolute == 0 ? 0 : absolute / scale, scale, agreeing, a.Length / width,
            new(batch.First + (stride == 0 ? 0 : at / stride), batch.Size, a[at], b[at]));
    }

    /// <summary>This and another comparison of the same value as one.</summary>
    public ParityDifference And(ParityDifference other)
    {
        var (absolute, scale) = (Math.Max(Absolute, other.Absolute), Math.Max(Scale, other.Scale));
        return new(
            Name, Distribution, absolute, Relative == 0 && other.Relative == 0 ? 0 : absolute / scale, scale, Agreeing + other.Agreeing,
            Rows + other.Rows, other.Absolute > Absolute ? other.Worst : Worst)
        {
            Condition = Math.Max(Condition, other.Condition),
        };
    }

    // Labels and truth values are equal or not.
    private static ParityDifference Equality(
        string name, string distribution, Tensor expected, Tensor actual, ParityBatch batch, int from, int count)
    {
        var rows = batch.Count > 0 && count % batch.Count == 0 ? batch.Count : 1;
        var (width, agreeing, absolute, scale, worst) = (count / rows, 0L, 0.0, 0.0, (ParityPlace?)null);
        for (var row = 0; row < rows; row++)
        {
            var same = true;
            for (var i = from + (row * width); i < from + ((row + 1) * width); i++)
            {
                var (a, b) = (Number(expected, i), Number(actual, i));
                scale = Math.Max(scale, Math.Abs(a));
                worst ??= new(batch.First, batch.Size, a, b);
                if (a == b) { continue; }
                same = false;
                if (Math.Abs(a - b) > absolute) { (absolute, worst) = (Math.Abs(a - b), new(batch.First + row, batch.Size, a, b)); }
            }
            if (same) { agreeing++; }
        }
        return new(name, distribution, absolute, 0, scale, agreeing, rows, worst ?? new(batch.First, batch.Size, 0, 0));
    }

    private static double Number(Tensor tensor, int index) => tensor.Type.Element switch
    {
        ElementType.Int64 => tensor.AsSpan<long>()[index],
        ElementType.Bool => tensor.AsSpan<bool>()[index] ? 1 : 0,
        _ => tensor.AsSpan<double>()[index],
    };

    private static double Distance(double a, double b)
    {
        if (double.IsNaN(a) && double.IsNaN(b)) { return 0; }
        return double.IsNaN(a) || double.IsNaN(b) ? double.PositiveInfinity : Math.Abs(a - b);
    }

    private static int Largest(ReadOnlySpan<float> row)
    {
        var largest = 0;
        for (var i = 1; i < row.Length; i++)
        {
            if (row[i] > row[largest]) { largest = i; }
        }
        return largest;
    }
}

/// <summary>Where two values differ.</summary>
/// <param name="Row">The row of the distribution, from 0.</param>
/// <param name="BatchSize">The batch size at which it was computed.</param>
/// <param name="Expected">The engine's number.</param>
/// <param name="Actual">The file's number.</param>
public readonly record struct ParityPlace(long Row, int BatchSize, double Expected, double Actual);

/// <summary>Which rows of a distribution a batch holds.</summary>
/// <param name="Size">Rows of the batch.</param>
/// <param name="First">The number in the distribution of the first row that counts.</param>
/// <param name="Skipped">Rows at the beginning that do not count, because an earlier batch had them.</param>
/// <param name="Count">How many rows count.</param>
public readonly record struct ParityBatch(int Size, long First, int Skipped, int Count);
