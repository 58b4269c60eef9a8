namespace GrokPipeline.Probes;

/// <summary>The probes that a pipeline file may name.</summary>
public static class ProbeCatalogue
{
    /// <summary>All kinds.</summary>
    public static Catalogue<Probe> All { get; } = new("probe")
    {
        { "weight_norm", (WeightNormOptions o) => new WeightNormProbe(o) },
        { "effective_rank", (EffectiveRankOptions o) => new EffectiveRankProbe(o) },
        { "fourier", (FourierOptions o) => new FourierProbe(o) },
        { "linear", (LinearProbeOptions o) => new LinearProbe(o) },
        { "logit_lens", (LogitLensOptions o) => new LogitLensProbe(o) },
        { "progress", (ProgressOptions o) => new ProgressProbe(o) },
        { "neuron_frequencies", (NeuronFrequencyOptions o) => new NeuronFrequencyProbe(o) },
        { "circle", (CircleOptions o) => new CircleProbe(o) },
        { "attention", (AttentionOptions o) => new AttentionProbe(o) },
        { "ablation", (AblationOptions o) => new AblationProbe(o) },
        { "frequency_ablation", (FrequencyAblationOptions o) => new FrequencyAblationProbe(o) },
    };
}
