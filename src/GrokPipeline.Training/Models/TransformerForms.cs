using GrokPipeline.Data;

namespace GrokPipeline.Training.Models;

/// <summary>Which tokens a row of operands becomes; ∘ is the operation's sign.</summary>
public enum TokenForm
{
    /// <summary><c>a ∘ b =</c>.</summary>
    Equation,

    /// <summary><c>a b =</c> (Nanda et al. 2023).</summary>
    OperandsEquals,

    /// <summary><c>a b</c> (Prieto et al. 2025).</summary>
    Operands,

    /// <summary><c>⟨eos⟩ a ∘ b =</c>: the sign of an end first, as in Power's code.</summary>
    Framed,
}

/// <summary>Where normalisation stands.</summary>
public enum NormPlace
{
    /// <summary>Before attention, before the MLP, and before the unembedding.</summary>
    Pre,

    /// <summary>After each sum with the residual stream (Vaswani et al. 2017; Power's code); none at the end.</summary>
    Post,

    /// <summary>Nowhere (Nanda et al. 2023).</summary>
    None,
}

/// <summary>What normalisation is.</summary>
public enum NormKind
{
    /// <summary>Mean 0 and variance 1, times a gain, plus a bias (Ba et al. 2016).</summary>
    Layer,

    /// <summary>Mean of squares 1, times a gain; no bias (Zhang and Sennrich 2019).</summary>
    Rms,
}

/// <summary>How positions are told apart.</summary>
public enum PositionCode
{
    /// <summary>A trained vector for each is added to the embedding.</summary>
    Learned,

    /// <summary>
    /// A fixed vector for each is added: <c>sin(p/10000^(i/d))</c> for even i, <c>cos(p/10000^((i−1)/d))</c> for odd i (Vaswani et al. 2017;
    /// Power's code).
    /// </summary>
    Sinusoidal,

    /// <summary>Queries and keys are turned, pair of neighbours by pair, by angles that grow with the position (Su et al. 2021).</summary>
    Rotary,

    /// <summary>Not at all: without a mask the order of tokens makes no difference (Prieto et al. 2025).</summary>
    None,
}

/// <summary>Which positions the last block computes.</summary>
public enum Positions
{
    /// <summary>
    /// The last one alone: only its logits are scored, so queries, MLP and unembedding of the others are not needed. All, with <c>pool: mean</c>.
    /// </summary>
    Last,

    /// <summary>All, as a plain implementation does.</summary>
    All,
}

/// <summary>What of the last block the unembedding reads.</summary>
public enum Pooling
{
    /// <summary>The last position.</summary>
    Last,

    /// <summary>The mean over positions.</summary>
    Mean,
}

/// <summary>Token forms as inputs of <see cref="RowEncoding"/>.</summary>
internal static class TokenForms
{
    /// <summary>The name of the input.</summary>
    public static string InputName(this TokenForm form) => form switch
    {
        TokenForm.Equation => RowEncoding.Tokens,
        TokenForm.OperandsEquals => RowEncoding.OperandsEquals,
        TokenForm.Operands => RowEncoding.Operands,
        TokenForm.Framed => RowEncoding.FramedTokens,
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, "Not a form of tokens."),
    };
}
