using GrokPipeline.Training.Layers;

namespace GrokPipeline.Training.Models;

/// <summary>
/// A transformer over the tokens of an equation, or over blocks of a feature vector. Defaults are those of Power et al. (2022), with
/// normalisation before each part and trained positions; <c>docs/models.md</c> has the options for each paper's network.
/// </summary>
public sealed record TransformerOptions : IOptions
{
    /// <summary>Which tokens a row of operands becomes. Default equation. Not for datasets of features.</summary>
    public TokenForm? Tokens { get; init; }

    /// <summary>
    /// In how many equal parts a feature vector is cut; each becomes a token by one linear map. For datasets of features only. OUR CHOICE:
    /// Carvalho et al. (2025) do not say how a vector becomes tokens.
    /// </summary>
    public int? FeatureBlocks { get; init; }

    /// <summary>How many blocks of attention and MLP, at least 1. Default 2.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Width of the residual stream. Default 128.</summary>
    public int DModel { get; init; } = 128;

    /// <summary>Heads of attention in a block; divides the width. Default 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>True, the default: a position sees itself and those before it. False: all positions see each other.</summary>
    public bool Causal { get; init; } = true;

    /// <summary>Width of a block's MLP. Default 512.</summary>
    public int Mlp { get; init; } = 512;

    /// <summary>The function inside the MLP. Default relu.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>
    /// True: the MLP is <c>(f(x·G) ⊙ x·I)·O</c> with a third matrix; with <c>activation: silu</c> it is SwiGLU (Shazeer 2020). Default false.
    /// </summary>
    public bool Gated { get; init; }

    /// <summary>Where normalisation stands. Default pre.</summary>
    public NormPlace Norm { get; init; } = NormPlace.Pre;

    /// <summary>What normalisation is. Default layer.</summary>
    public NormKind NormKind { get; init; } = NormKind.Layer;

    /// <summary>True: one more before the unembedding. Default: with <c>norm: pre</c> only.</summary>
    public bool? FinalNorm { get; init; }

    /// <summary>How positions are told apart. Default learned.</summary>
    public PositionCode PositionCode { get; init; } = PositionCode.Learned;

    /// <summary>The longest wavelength of rotary positions, over 2π, above 1. Default 10000 (Su et al. 2021).</summary>
    public double RotaryBase { get; init; } = 10_000;

    /// <summary>True: projections and unembedding add a bias. Default false, as in Power's code.</summary>
    public bool Bias { get; init; }

    /// <summary>The same of attention's four projections alone. Default as <c>bias</c>.</summary>
    public bool? AttentionBias { get; init; }

    /// <summary>The same of the MLPs alone. Default as <c>bias</c>.</summary>
    public bool? MlpBias { get; init; }

    /// <summary>The same of the unembedding alone. Default as <c>bias</c>.</summary>
    public bool? UnembedBias { get; init; }

    /// <summary>Which positions the last block computes. Default last: the same logits for less work.</summary>
    public Positions Positions { get; init; } = Positions.Last;

    /// <summary>What the unembedding reads. Default last.</summary>
    public Pooling Pool { get; init; } = Pooling.Last;

    /// <summary>Multiplies the logits, above 0; default 1: the inverse of a temperature.</summary>
    public double OutputScale { get; init; } = 1;

    /// <summary>The first values. Default PyTorch's.</summary>
    public InitOptions Init { get; init; } = new();

    /// <summary>True when there is a normalisation before the unembedding.</summary>
    internal bool HasFinalNorm => FinalNorm ?? Norm == NormPlace.Pre;

    /// <summary>True when the last block needs its last position only.</summary>
    internal bool ReadsLast => Pool == Pooling.Last && Positions == Positions.Last;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (FeatureBlocks is < 1 or > 4_096)
        {
            yield return new("feature_blocks", $"feature_blocks is {FeatureBlocks}; give a number from 1 to 4096.");
        }
        if (Layers is < 1 or > 64) { yield return new("layers", $"layers is {Layers}; give 1 to 64."); }
        if (DModel is < 1 or > 16_384) { yield return new("d_model", $"d_model is {DModel}; give a width from 1 to 16384."); }
        if (Heads < 1) { yield return new("heads", $"heads is {Heads}; give at least 1."); }
        else if (DModel % Heads != 0) { yield return new("heads", $"heads is {Heads}, which does not divide d_model {DModel}."); }
        else if (PositionCode == PositionCode.Rotary && DModel / Heads % 2 != 0)
        {
            yield return new("position_code", $"rotary positions turn pairs of numbers; a head has {DModel / Heads}. Give an even width of a head.");
        }
        if (Mlp is < 1 or > 65_536) { yield return new("mlp", $"mlp is {Mlp}; give a width from 1 to 65536."); }
        if (RotaryBase is not (> 1 and <= 1e9))
        {
            yield return new("rotary_base", $"rotary_base is {RotaryBase}; give a number above 1 and at most 1e9, usually 10000.");
        }
        if (OutputScale is not (> 0 and <= 1e6))
        {
            yield return new("output_scale", $"output_scale is {OutputScale}; give a number above 0 and at most 1000000, usually 1.");
        }
    }
}
