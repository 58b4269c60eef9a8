using System.Collections.Immutable;

namespace GrokPipeline.Training.Models;

/// <summary>A linear model of features: the simplest thing that groks (Levi et al. 2024; Miller et al. 2024).</summary>
public sealed record LinearOptions : IOptions
{
    /// <summary>True: a bias is added. Default false.</summary>
    public bool Bias { get; init; }

    /// <summary>
    /// The first weights themselves, one for each feature of the one output; none, the default, when they are drawn. Miller et al. begin
    /// with 0.0005, 0.9, 0.9, 0.9.
    /// </summary>
    public ImmutableArray<double> Weights { get; init; } = [];

    /// <summary>How weights that are not given are drawn. Default PyTorch's.</summary>
    public InitOptions Init { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        foreach (var weight in Weights)
        {
            if (!(Math.Abs(weight) <= 1e6))
            {
                yield return new("weights", $"weights holds {weight}; give numbers from -1000000 to 1000000.");
            }
        }
    }
}
