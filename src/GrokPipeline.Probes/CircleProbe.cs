namespace GrokPipeline.Probes;

/// <summary>Options of <see cref="CircleProbe"/>.</summary>
public sealed record CircleOptions : IOptions
{
    /// <summary>
    /// A matrix whose rows belong to operand values; of several blocks the first. Empty, the default, is <c>embed.weight</c> where the
    /// model has it, else <c>hidden.0.weight</c>.
    /// </summary>
    public string Parameter { get; init; } = "";

    /// <summary>How many of the last checkpoint's strongest frequencies, from 1 to 8. Default 2.</summary>
    public int Frequencies { get; init; } = 2;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Frequencies is < 1 or > 8) { yield return new("frequencies", $"frequencies is {Frequencies}; give a number from 1 to 8."); }
    }
}

/// <summary>
/// The circles on which a matrix puts the operand values (Nanda et al. 2023, section 4; Liu et al. 2022). For a frequency k, u and v are
/// the matrix's cosine and sine components, <c>√(2/p)·Σ cos(2πka/p)·W[a]</c> and the same with the sine; the plane is theirs. Findings,
/// with the target <c>name at k</c>: <c>x[a]</c> and <c>y[a]</c>, the coordinates of row a, less its mean, along u and along the part of v
/// at a right angle to u; <c>plane_share</c>, the share of the rows' variance that lies in the plane; <c>roundness</c>, the shorter over
/// the longer half-axis of the ellipse that frequency k draws, 1 for a circle. The frequencies are the strongest of the last checkpoint.
/// </summary>
public sealed class CircleProbe(CircleOptions options) : Probe
{
    /// <inheritdoc/>
    public override string Kind => "circle";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        var (name, tensor) = OperandMatrix.Of(context, options.Parameter, Kind).First();
        var (_, final) = OperandMatrix.Of(context with { Checkpoint = context.Final }, options.Parameter, Kind).First();
        var waves = new Waves(context.Facts.OperandValues);
        var power = OperandMatrix.Power(final, waves);
        var strongest = Enumerable.Range(1, power.Length).OrderByDescending(k => power[k - 1]).ThenBy(k => k).Take(options.Frequencies);
        return strongest.SelectMany(k => Circle($"{name} at {k}", tensor, waves, k));
    }

    private List<ProbeFinding> Circle(string target, Tensor tensor, Waves waves, int k)
    {
        var (p, width) = (waves.Cosines.Length, tensor.Shape[1]);
        var block = Centred(tensor.AsSpan<float>()[..(p * width)], width);
        var (u, v) = (new double[width], new double[width]);
        OperandMatrix.Transform(tensor.AsSpan<float>()[..(p * width)], waves, k, u, v);
        for (var c = 0; c < width; c++) { (u[c], v[c]) = (u[c] * Math.Sqrt(2.0 / p), v[c] * Math.Sqrt(2.0 / p)); }
        var roundness = Roundness(u, v);
        Normalise(u);
        var along = Dot(u, v);
        for (var c = 0; c < width; c++) { v[c] -= along * u[c]; }
        Normalise(v);
        var (findings, inPlane, total) = (new List<ProbeFinding>(), 0.0, 0.0);
        for (var a = 0; a < p; a++)
        {
            var row = block.AsSpan(a * width, width);
            var (x, y) = (Dot(u, row), Dot(v, row));
            inPlane += (x * x) + (y * y);
            total += Dot(row, row);
            findings.Add(new(Kind, target, $"x[{a}]", x));
            findings.Add(new(Kind, target, $"y[{a}]", y));
        }
        findings.Add(new(Kind, target, "plane_share", total == 0 ? double.NaN : inPlane / total));
        findings.Add(new(Kind, target, "roundness", roundness));
        return findings;
    }

    private static double[] Centred(ReadOnlySpan<float> rows, int width)
    {
        var (means, values) = (new double[width], new double[rows.Length]);
        for (var i = 0; i < rows.Length; i++) { means[i % width] += rows[i]; }
        for (var i = 0; i < rows.Length; i++) { values[i] = rows[i] - (means[i % width] * width / rows.Length); }
        return values;
    }

    // Half-axes of cos t·u + sin t·v are the singular values of [u v]; NaN when both are 0.
    private static double Roundness(double[] u, double[] v)
    {
        var (uu, vv, uv) = (Dot(u, u), Dot(v, v), Dot(u, v));
        var gap = Math.Sqrt(((uu - vv) * (uu - vv)) + (4 * uv * uv));
        return uu + vv == 0 ? double.NaN : Math.Sqrt(Math.Max(0, uu + vv - gap) / (uu + vv + gap));
    }

    // A direction without length stays 0: nothing lies along it.
    private static void Normalise(double[] v)
    {
        var length = Math.Sqrt(Dot(v, v));
        for (var c = 0; c < v.Length; c++) { v[c] = length > 1e-12 ? v[c] / length : 0; }
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (var i = 0; i < a.Length; i++) { sum += a[i] * b[i]; }
        return sum;
    }
}
