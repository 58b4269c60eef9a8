namespace GrokPipeline.Probes;

/// <summary>Options of <see cref="WeightNormProbe"/>.</summary>
public sealed record WeightNormOptions : IOptions
{
    /// <summary>A parameter's name, or <c>*</c> for all.</summary>
    public string Parameter { get; init; } = "*";

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [];
}

/// <summary>
/// L2 norms: <c>norm</c> of each parameter, <c>rms</c> (norm over the root of the number of elements), and <c>norm</c> of all together under the
/// target <c>all</c>. A falling norm accompanies generalization under weight decay (Liu, Michaud, Tegmark 2022, "Omnigrok").
/// </summary>
public sealed class WeightNormProbe(WeightNormOptions options) : Probe
{
    /// <inheritdoc/>
    public override string Kind => "weight_norm";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        double total = 0;
        var findings = new List<ProbeFinding>();
        foreach (var (name, tensor) in ParameterChoice.Of(context.Checkpoint.Parameters, options.Parameter, t => t.Type.Element == ElementType.Float32, "floats"))
        {
            var squares = SumOfSquares(tensor.AsSpan<float>());
            total += squares;
            findings.Add(new(Kind, name, "norm", Math.Sqrt(squares)));
            findings.Add(new(Kind, name, "rms", Math.Sqrt(squares / tensor.Shape.Count)));
        }
        if (options.Parameter == "*") { findings.Insert(0, new(Kind, "all", "norm", Math.Sqrt(total))); }
        return findings;
    }

    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (var value in values) { sum += (double)value * value; }
        return sum;
    }
}
