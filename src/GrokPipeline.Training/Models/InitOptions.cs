namespace GrokPipeline.Training.Models;

/// <summary>How a model's first values are drawn.</summary>
public sealed record InitOptions : IOptions
{
    /// <summary>The rule for the width of each distribution. Default torch.</summary>
    public InitKind Kind { get; init; } = InitKind.Torch;

    /// <summary>
    /// Multiplies every drawn number, biases included; above 0. Default 1. Carvalho et al. (2025) and Liu et al. (2023) use 8 to bring
    /// the delay about. Gains of normalisation stay 1.
    /// </summary>
    public double Scale { get; init; } = 1;

    /// <summary>What tables of embeddings are drawn from instead. Default: by the rule.</summary>
    public TableInitOptions? Embedding { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Scale is not (> 0 and <= 1e6))
        {
            yield return new("scale", $"scale is {Scale}; give a number above 0 and at most 1000000, usually 1.");
        }
    }

    /// <summary>A matrix whose outputs each see some inputs.</summary>
    /// <param name="inputs">Rows of the matrix.</param>
    /// <param name="active">How many of them differ from 0 at a time: 2 for two one-hot operands.</param>
    /// <param name="width">By what Nanda's rule scales it.</param>
    internal Initializer Weight(int inputs, int active, int width = 1) => Kind switch
    {
        InitKind.Torch => new(Distribution.Uniform, Scale / Math.Sqrt(inputs)),
        InitKind.Normal => new(Distribution.Normal, Scale / Math.Sqrt(active)),
        InitKind.Nanda => new(Distribution.Normal, Scale / Math.Sqrt(width)),
        _ => new(Distribution.Normal, Scale),
    };

    /// <summary>A bias beside such a matrix.</summary>
    internal Initializer Bias(int inputs) => Kind switch
    {
        InitKind.Torch => new(Distribution.Uniform, Scale / Math.Sqrt(inputs)),
        _ => new(Distribution.Constant, 0),
    };

    /// <summary>A table of vectors of a width, one of which is looked up.</summary>
    internal Initializer Table(int width) => (Embedding, Kind) switch
    {
        ({ } own, _) => new(own.Distribution, own.Scale),
        (_, InitKind.Normal or InitKind.Nanda) => new(Distribution.Normal, Scale / Math.Sqrt(width)),
        _ => new(Distribution.Normal, Scale),
    };
}

/// <summary>A distribution of its own for tables of embeddings.</summary>
public sealed record TableInitOptions : IOptions
{
    /// <summary>Its kind. Default normal.</summary>
    public Distribution Distribution { get; init; } = Distribution.Normal;

    /// <summary>The deviation, half width or number itself, above 0; no other scale multiplies it. Default 1.</summary>
    public double Scale { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Scale is not (> 0 and <= 1e6))
        {
            yield return new("scale", $"scale is {Scale}; give a number above 0 and at most 1000000, usually 1.");
        }
    }
}

/// <summary>Rules for first values; each is multiplied by the scale.</summary>
public enum InitKind
{
    /// <summary>
    /// PyTorch's: weights and biases uniform in ±1/√inputs, tables of embeddings standard normal.
    /// </summary>
    Torch,

    /// <summary>
    /// Normal with deviation 1/√(active inputs), where a one-hot operand counts as one input; tables of embeddings with deviation
    /// 1/√width (Nanda et al. 2023); biases 0.
    /// </summary>
    Normal,

    /// <summary>Normal with one deviation everywhere, the scale itself (Gromov 2023; Doshi et al. 2023); biases 0.</summary>
    Fixed,

    /// <summary>
    /// Of a transformer: normal with deviation 1/√(width of the residual stream) for every matrix and table, 1/√(tokens) for the
    /// unembedding; biases 0 (the code of Nanda et al. 2023).
    /// </summary>
    Nanda,
}
