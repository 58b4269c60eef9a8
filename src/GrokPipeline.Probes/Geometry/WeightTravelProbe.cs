namespace GrokPipeline.Probes.Geometry;

/// <summary>Options of <see cref="WeightTravelProbe"/>.</summary>
public sealed record WeightTravelOptions : IOptions
{
    /// <summary>A parameter's name, or <c>*</c> for all.</summary>
    public string Parameter { get; init; } = "*";

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [];
}

/// <summary>
/// How far parameters are from where they began, θ against θ₀: <c>distance</c> ‖θ − θ₀‖, <c>travel</c> ‖θ − θ₀‖ / ‖θ₀‖ (Kumar et al. 2023),
/// <c>cosine</c> ⟨θ, θ₀⟩ / (‖θ‖·‖θ₀‖) (Lyu et al. 2023), of each parameter, and of all together under the target <c>all</c>. Travel and
/// cosine are NaN where θ₀ (or θ) is zero, as biases often are.
/// </summary>
public sealed class WeightTravelProbe(WeightTravelOptions options) : Probe
{
    /// <inheritdoc/>
    public override string Kind => "weight_travel";

    /// <inheritdoc/>
    public override IEnumerable<ProbeFinding> Run(ProbeContext context)
    {
        if (!context.HasInitial)
        {
            throw new GrokException(
                "The probe 'weight_travel' measures from the untrained model, and only one checkpoint is at hand.",
                "Probe a checkpoint of a run: grokpipe probe EXPERIMENT:MARK");
        }
        var (first, total) = (context.Initial.Parameters, default(Sums));
        var findings = new List<ProbeFinding>();
        foreach (var (name, tensor) in ParameterChoice.Of(
            context.Checkpoint.Parameters, options.Parameter, t => t.Type.Element == ElementType.Float32, "floats"))
        {
            var sums = Sums.Of(first[name].AsSpan<float>(), tensor.AsSpan<float>());
            total += sums;
            findings.AddRange(Findings(name, sums));
        }
        return options.Parameter == "*" ? [.. Findings("all", total), .. findings] : findings;
    }

    private IEnumerable<ProbeFinding> Findings(string target, Sums sums)
    {
        yield return new(Kind, target, "distance", Math.Sqrt(sums.Apart));
        yield return new(Kind, target, "travel", sums.First > 0 ? Math.Sqrt(sums.Apart / sums.First) : double.NaN);
        yield return new(Kind, target, "cosine", sums.Product / Math.Sqrt(sums.First * sums.Now));
    }

    private readonly record struct Sums(double First, double Now, double Product, double Apart)
    {
        public static Sums operator +(Sums a, Sums b) =>
            new(a.First + b.First, a.Now + b.Now, a.Product + b.Product, a.Apart + b.Apart);

        public static Sums Of(ReadOnlySpan<float> first, ReadOnlySpan<float> now)
        {
            double apart = 0;
            for (var i = 0; i < now.Length; i++) { apart += ((double)now[i] - first[i]) * ((double)now[i] - first[i]); }
            return new(Dots.Of(first, first), Dots.Of(now, now), Dots.Of(first, now), apart);
        }
    }
}
