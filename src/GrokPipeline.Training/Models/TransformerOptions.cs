using GrokPipeline.Training.Layers;

namespace GrokPipeline.Training.Models;

/// <summary>
/// A decoder over the four tokens <c>a ∘ b =</c>. Defaults are those of Power et al. (2022), with normalisation before each part and
/// trained positions.
/// </summary>
public sealed record TransformerOptions : IOptions
{
    /// <summary>How many blocks of attention and MLP, at least 1. Default 2.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Width of the residual stream. Default 128.</summary>
    public int DModel { get; init; } = 128;

    /// <summary>Heads of attention in a block; divides the width. Default 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Width of a block's MLP. Default 512.</summary>
    public int Mlp { get; init; } = 512;

    /// <summary>The function inside the MLP. Default relu.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Where layer normalisation stands. Default pre.</summary>
    public NormPlace Norm { get; init; } = NormPlace.Pre;

    /// <summary>True: projections and unembedding add a bias. Default false, as in Power's code.</summary>
    public bool Bias { get; init; }

    /// <summary>Which positions the last block computes. Default last: the same logits for less work.</summary>
    public Positions Positions { get; init; } = Positions.Last;

    /// <summary>The first values. Default PyTorch's.</summary>
    public InitOptions Init { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Layers is < 1 or > 64) { yield return new("layers", $"layers is {Layers}; give 1 to 64."); }
        if (DModel is < 1 or > 16_384) { yield return new("d_model", $"d_model is {DModel}; give a width from 1 to 16384."); }
        if (Heads < 1) { yield return new("heads", $"heads is {Heads}; give at least 1."); }
        else if (DModel % Heads != 0) { yield return new("heads", $"heads is {Heads}, which does not divide d_model {DModel}."); }
        if (Mlp is < 1 or > 65_536) { yield return new("mlp", $"mlp is {Mlp}; give a width from 1 to 65536."); }
    }
}

/// <summary>Where layer normalisation stands.</summary>
public enum NormPlace
{
    /// <summary>Before attention, before the MLP, and before the unembedding.</summary>
    Pre,

    /// <summary>After each sum with the residual stream (Vaswani et al. 2017; Power's code); none at the end.</summary>
    Post,

    /// <summary>Nowhere (Nanda et al. 2023).</summary>
    None,
}

/// <summary>Which positions the last block computes.</summary>
public enum Positions
{
    /// <summary>
    /// The last one alone, with answers of T tokens the last T: only their logits are scored, so queries, MLP and unembedding of the
    /// others are not needed.
    /// </summary>
    Last,

    /// <summary>All, as a plain implementation does.</summary>
    All,
}
