using GrokPipeline.Probes.Geometry;
using GrokPipeline.Probes.Landscape;
using GrokPipeline.Probes.Structure;

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
        { "weight_travel", (WeightTravelOptions o) => new WeightTravelProbe(o) },
        { "activation_rank", (ActivationRankOptions o) => new ActivationRankProbe(o) },
        { "feature_change", (FeatureChangeOptions o) => new FeatureChangeProbe(o) },
        { "cka", (CkaOptions o) => new CkaProbe(o) },
        { "pca", (PcaOptions o) => new PcaProbe(o) },
        { "sharpness", (SharpnessOptions o) => new SharpnessProbe(o) },
        { "hessian", (HessianOptions o) => new HessianProbe(o) },
        { "tangent_kernel", (TangentKernelOptions o) => new TangentKernelProbe(o) },
        { "softmax_collapse", (SoftmaxCollapseOptions o) => new SoftmaxCollapseProbe(o) },
        { "complexity", (ComplexityOptions o) => new ComplexityProbe(o) },
        { "learning_coefficient", (LearningCoefficientOptions o) => new LearningCoefficientProbe(o) },
        { "linear", (LinearProbeOptions o) => new LinearProbe(o) },
        { "logit_lens", (LogitLensOptions o) => new LogitLensProbe(o) },
        { "progress", (ProgressOptions o) => new ProgressProbe(o) },
        { "neuron_frequencies", (NeuronFrequencyOptions o) => new NeuronFrequencyProbe(o) },
        { "circle", (CircleOptions o) => new CircleProbe(o) },
        { "attention", (AttentionOptions o) => new AttentionProbe(o) },
        { "ablation", (AblationOptions o) => new AblationProbe(o) },
        { "rqi", (RepresentationOptions o) => new RepresentationProbe(o) },
        { "effective_sparsity", (SparsityOptions o) => new SparsityProbe(o) },
        { "neuron_phases", (PhaseOptions o) => new PhaseProbe(o) },
        { "coset_distance", (CosetOptions o) => new CosetProbe(o) },
        { "tsne", (TsneOptions o) => new TsneProbe(o) },
        { "local_complexity", (LocalComplexityOptions o) => new LocalComplexityProbe(o) },
        { "frequency_ablation", (FrequencyAblationOptions o) => new FrequencyAblationProbe(o) },
    };
}
