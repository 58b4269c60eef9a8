namespace GrokPipeline.Onnx;

/// <summary>How far two tensors are apart, the first of which is the measure.</summary>
/// <param name="Name">The value's name.</param>
/// <param name="Absolute">The largest |a − b|; infinite where one is NaN and the other is not.</param>
/// <param name="Relative">The largest |a − b| over the largest finite |a|: a share of the tensor's scale, not of each element.</param>
/// <param name="Agreeing">Rows (of the last axis) whose largest element is at the same place in both.</param>
/// <param name="Rows">Rows compared, over all batch sizes.</param>
public sealed record ParityDifference(string Name, double Absolute, double Relative, long Agreeing, long Rows)
{
    /// <summary>The share of rows whose largest element is at the same place in both, in [0, 1].</summary>
    public double ArgmaxAgreement => (double)Agreeing / Rows;

    /// <summary>Compares two tensors of one type.</summary>
    public static ParityDifference Of(string name, Tensor expected, Tensor actual)
    {
        var (a, b) = (Numbers(expected), Numbers(actual));
        var (absolute, scale) = (0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            absolute = Math.Max(absolute, Distance(a[i], b[i]));
            if (double.IsFinite(a[i])) { scale = Math.Max(scale, Math.Abs(a[i])); }
        }
        var width = expected.Shape.Rank == 0 ? 1 : expected.Shape[-1];
        var agreeing = 0L;
        for (var i = 0; i < a.Length; i += width)
        {
            if (Largest(a.AsSpan(i, width)) == Largest(b.AsSpan(i, width))) { agreeing++; }
        }
        return new(name, absolute, absolute == 0 ? 0 : absolute / scale, agreeing, a.Length / width);
    }

    /// <summary>This and another comparison of the same value as one.</summary>
    public ParityDifference And(ParityDifference other) => new(
        Name, Math.Max(Absolute, other.Absolute), Math.Max(Relative, other.Relative), Agreeing + other.Agreeing, Rows + other.Rows);

    private static double Distance(double a, double b)
    {
        if (a == b || (double.IsNaN(a) && double.IsNaN(b))) { return 0; }
        return double.IsNaN(a) || double.IsNaN(b) ? double.PositiveInfinity : Math.Abs(a - b);
    }

    private static int Largest(ReadOnlySpan<double> row)
    {
        var largest = 0;
        for (var i = 1; i < row.Length; i++)
        {
            if (row[i] > row[largest]) { largest = i; }
        }
        return largest;
    }

    private static double[] Numbers(Tensor tensor) => tensor.Type.Element switch
    {
        ElementType.Float32 => [.. tensor.AsSpan<float>().ToArray().Select(number => (double)number)],
        ElementType.Int64 => [.. tensor.AsSpan<long>().ToArray().Select(number => (double)number)],
        ElementType.Bool => [.. tensor.AsSpan<bool>().ToArray().Select(truth => truth ? 1.0 : 0.0)],
        _ => tensor.AsSpan<double>().ToArray(),
    };
}
