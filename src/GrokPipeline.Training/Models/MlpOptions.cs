using GrokPipeline.Training.Layers;

namespace GrokPipeline.Training.Models;

/// <summary>
/// A network of dense layers. With the activation <c>square</c> and no bias it is the quadratic network of Gromov (2023).
/// </summary>
public sealed record MlpOptions : IOptions
{
    /// <summary>How operands enter; null, the default, is one-hot. Not for datasets of features.</summary>
    public OperandEncoding? Encode { get; init; }

    /// <summary>Width of the embedding, with <c>encode: embedding</c> only. Default 128.</summary>
    public int Embedding { get; init; } = 128;

    /// <summary>How the operands' embeddings become one input, with <c>encode: embedding</c> only. Default concat.</summary>
    public Combination Combine { get; init; } = Combination.Concat;

    /// <summary>Widths of the hidden layers, the first next to the input. Default one of 128; none is a linear model.</summary>
    public IntegerList Hidden { get; init; } = [128];

    /// <summary>The function after each hidden layer. Default relu.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>True, the default: every layer adds a bias.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>
    /// True: each hidden layer after the first adds what it makes to what it reads (He et al. 2016), for which all have one width; networks
    /// of many layers learn so (Manir et al. 2026). Default false.
    /// </summary>
    public bool Residual { get; init; }

    /// <summary>
    /// Multiplies the logits, above 0; default 1. Large: the network stays near its linear expansion at the start for longer (Kumar et al.
    /// 2024); as the inverse of a temperature it also scales the gradient.
    /// </summary>
    public double OutputScale { get; init; } = 1;

    /// <summary>The first values. Default PyTorch's.</summary>
    public InitOptions Init { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Embedding is < 1 or > 65_536) { yield return new("embedding", $"embedding is {Embedding}; give a width from 1 to 65536."); }
        if (Combine == Combination.Sum && Encode != OperandEncoding.Embedding)
        {
            yield return new("combine", "'combine: sum' adds embeddings; give 'encode: embedding' too.");
        }
        if (Hidden.Count > 64) { yield return new("hidden", $"hidden has {Hidden.Count} layers; give at most 64."); }
        foreach (var width in Hidden)
        {
            if (width is < 1 or > 1_048_576)
            {
                yield return new("hidden", $"hidden holds the width {width}; give widths from 1 to 1048576.");
            }
        }
        if (Residual && (Hidden.Count < 2 || Hidden.Any(width => width != Hidden[0])))
        {
            var widths = Hidden.Count < 2 ? "two layers or more" : $"{Hidden[0]} for each layer";
            yield return new("residual", $"'residual: true' adds layers of one width; give hidden {widths}.");
        }
        if (Init.Kind == InitKind.Nanda)
        {
            yield return new("init", "'init: { kind: nanda }' scales by the width of a transformer; an mlp has none. Give kind normal.");
        }
        if (OutputScale is not (> 0 and <= 1e6))
        {
            yield return new("output_scale", $"output_scale is {OutputScale}; give a number above 0 and at most 1000000, usually 1.");
        }
    }
}

/// <summary>How operands enter a network.</summary>
public enum OperandEncoding
{
    /// <summary>One-hot vectors side by side. Computed as a lookup of rows of the first layer, which is the same.</summary>
    Onehot,

    /// <summary>A table of trained vectors, shared by all operands, side by side.</summary>
    Embedding,
}

/// <summary>How the embeddings of a row's operands become one vector.</summary>
public enum Combination
{
    /// <summary>Side by side: the first layer sees which operand is which.</summary>
    Concat,

    /// <summary>Added, so that the order of operands makes no difference (Liu et al. 2022).</summary>
    Sum,
}
