using System.Collections.Immutable;

namespace GrokPipeline.Training.Measures;

/// <summary>
/// Metrics that are measured at an evaluation only when they are asked for; without them the graphs of a training are the same. A number
/// that is not defined, or not finite, is left out of the record.
/// </summary>
public static class FurtherMetrics
{
    /// <summary>‖θₚ‖ of each parameter tensor; its name stands in place of a split.</summary>
    public const string ParameterNorm = "parameter_norm";

    /// <summary>‖θ‖ of the last matrix in the model's order, the layer that makes the logits (Thilak et al. 2022).</summary>
    public const string LastLayerNorm = "last_layer_norm";

    /// <summary>‖θ − θ₀‖, with θ₀ as it is drawn by the seed (Kumar et al. 2023).</summary>
    public const string DistanceToInit = "distance_to_init";

    /// <summary>⟨θ, θ₀⟩ / (‖θ‖·‖θ₀‖) (Lyu et al. 2023).</summary>
    public const string CosineToInit = "cosine_to_init";

    /// <summary>
    /// Mean over matrices of −Σ p·ln p with p = σ / Σσ, in nats. Singular values σ are roots of eigenvalues of W·Wᵀ: below 1e−8 of the
    /// largest one they are rounding.
    /// </summary>
    public const string SpectralEntropy = "spectral_entropy";

    /// <summary>Mean of e^entropy over matrices, weighted by their numbers of parameters (DeMoss et al. 2024).</summary>
    public const string EffectiveRank = "effective_rank";

    /// <summary>Share of train rows whose cross-entropy in float32 is exactly 0 (Prieto et al. 2025).</summary>
    public const string DeadFraction = "dead_fraction";

    /// <summary>Share of train rows whose gradient by the logits is 0 in float32 in every place.</summary>
    public const string ZeroGradientFraction = "zero_gradient_fraction";

    /// <summary>Least margin on train: the right logit minus the largest other one.</summary>
    public const string MarginMin = "margin_min";

    /// <summary>Its quantile of 5 % on train.</summary>
    public const string MarginQ05 = "margin_q05";

    /// <summary>Least margin over ‖θ‖^L for a model of degree L (Lyu et al. 2023); <see cref="Models.Model.Degree"/> says which.</summary>
    public const string NormalizedMargin = "normalized_margin";

    /// <summary>The same of the quantile of 5 %.</summary>
    public const string NormalizedMarginQ05 = "normalized_margin_q05";

    /// <summary>Mean margin of the train rows of the group where it is least; for data with groups.</summary>
    public const string WorstGroupMargin = "worst_group_margin";

    /// <summary>cos(−∇L, θ) of the step's own gradient and the parameters before the step (Prieto et al. 2025); not at step 0.</summary>
    public const string ScalingCosine = "scaling_cosine";

    /// <summary>
    /// ‖hₜ − hₜ₋₁‖ / ‖hₜ₋₁‖ of an activation on the first rows of train, over the step that ends at the evaluation (Thilak et al. 2022);
    /// not at step 0. The activation's name stands in place of a split.
    /// </summary>
    public const string FeatureChange = "feature_change";

    /// <summary>All names.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        ParameterNorm, LastLayerNorm, DistanceToInit, CosineToInit, SpectralEntropy, EffectiveRank, DeadFraction, ZeroGradientFraction,
        MarginMin, MarginQ05, NormalizedMargin, NormalizedMarginQ05, WorstGroupMargin, ScalingCosine, FeatureChange,
    ];

    /// <summary>Those of a training that are read off the logits of train.</summary>
    public static ImmutableArray<string> OfRows { get; } =
        [DeadFraction, ZeroGradientFraction, MarginMin, MarginQ05, NormalizedMargin, NormalizedMarginQ05, WorstGroupMargin];
}
