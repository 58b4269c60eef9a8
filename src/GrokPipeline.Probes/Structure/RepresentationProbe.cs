namespace GrokPipeline.Probes.Structure;

/// <summary>Options of <see cref="RepresentationProbe"/>.</summary>
public sealed record RepresentationOptions : IOptions
{
    /// <summary>
    /// A matrix whose first rows belong to operand values. Empty, the default, is <c>embed.weight</c> where the model has it, else
    /// <c>hidden.0.weight</c>.
    /// </summary>
    public string Parameter { get; init; } = "";

    /// <summary>A parallelogram closes when its mean squared gap is below this, above 0. Default 0.01, as in the paper.</summary>
    public double Tolerance { get; init; } = 0.01;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var problem in OperandMatrix.Problems(Parameter)) { yield return problem; }
        if (Tolerance is not (> 0 and <= 100))
        {
            yield return new("tolerance", $"tolerance is {Tolerance}; give a number above 0 and at most 100, usually 0.01.");
        }
    }
}

/// <summary>
/// Whether operand values lie on a line (Liu et al. 2022): <c>rqi</c>, the share of parallelograms i + j = m + n, sums of integers, that
/// close, |Eᵢ + Eⱼ − Eₘ − Eₙ|² below the tolerance in the mean over columns; <c>parallelograms</c>, how many there are;
/// <c>pca_entropy</c> −Σ s·ln s of the shares s of the variance along the principal components, in nats; <c>effective_dimension</c> its
/// exponential. OUR CHOICE for more than one column: each column's mean is taken off, and all are divided by one number, so that the mean
/// variance is 1. Rows beyond the operand values are left out; all is NaN when the rows are equal or not finite.
/// </summary>
public sealed class RepresentationProbe(RepresentationOptions options) : Probe
{
    /// <inheritdoc/>
    public override string Kind => "rqi";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        foreach (var (name, tensor) in OperandMatrix.Of(context, options.Parameter, Kind))
        {
            var points = Points(tensor, context.Facts.OperandValues);
            var variance = Dots.Of(points.Values, points.Values) / points.Values.Length;
            var (closed, all) = Parallelograms(points, options.Tolerance * variance);
            var entropy = variance > 0 ? Spectrum.Entropy(Variances(points)) : double.NaN;
            yield return new(Kind, name, "rqi", variance > 0 ? (double)closed / all : double.NaN);
            yield return new(Kind, name, "parallelograms", all);
            yield return new(Kind, name, "pca_entropy", entropy);
            yield return new(Kind, name, "effective_dimension", double.IsNaN(entropy) ? double.NaN : PortableMath.Exp(entropy));
        }
    }

    private static Features Points(Tensor tensor, int rows)
    {
        var values = new double[rows * tensor.Shape[1]];
        for (var i = 0; i < values.Length; i++) { values[i] = tensor.AsSpan<float>()[i]; }
        return new Features(values, rows, tensor.Shape[1]).Centred();
    }

    private static double[] Variances(Features points) => points.Width <= points.Rows
        ? SymmetricEigen.Values(points.Scatter(), points.Width)
        : SymmetricEigen.Values(points.Gram(), points.Rows);

    // Pairs of unordered pairs with the same sum.
    private static (long Closed, long All) Parallelograms(Features points, double bound)
    {
        var (closed, all, sums) = (0L, 0L, new List<double[]>());
        for (var sum = 0; sum <= 2 * (points.Rows - 1); sum++)
        {
            sums.Clear();
            for (var i = Math.Max(0, sum - points.Rows + 1); 2 * i <= sum; i++)
            {
                var vector = points.Values.AsSpan(i * points.Width, points.Width).ToArray();
                Dots.Add(vector, 1, points.Values.AsSpan((sum - i) * points.Width, points.Width));
                for (var j = 0; j < sums.Count; j++)
                {
                    all++;
                    if (Apart(sums[j], vector) < bound * points.Width) { closed++; }
                }
                sums.Add(vector);
            }
        }
        return (closed, all);
    }

    private static double Apart(double[] a, double[] b)
    {
        double sum = 0;
        for (var i = 0; i < a.Length; i++) { sum += (a[i] - b[i]) * (a[i] - b[i]); }
        return sum;
    }
}
