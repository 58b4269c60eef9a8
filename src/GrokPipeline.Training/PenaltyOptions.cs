using System.Collections.Immutable;
using GrokPipeline.Graphs;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Training;

/// <summary>
/// What is added to the loss besides the rows' cost: <c>λ·(1/M)·Σ H(W)</c>, the mean spectral entropy of M matrices (DeMoss et al. 2024,
/// with λ 0.1). Its gradient is a part of what the optimizer sees, moments included.
/// </summary>
/// <remarks>
/// The host computes the gradient before each step from the matrices' singular values: the same for any engine, and after a resume. Our
/// choice: the recorded loss and gradient norm are those of the rows alone; with noise on weights, H is that of the weights without it.
/// </remarks>
public sealed record PenaltyOptions : IOptions
{
    /// <summary>λ, above 0. DeMoss et al. use 0.1.</summary>
    public double SpectralEntropy { get; init; }

    /// <summary>
    /// Whose entropy, by a parameter's name, the beginning of some before a dot, or a pattern with *; vectors are left out. Default all
    /// matrices, tables of embeddings among them.
    /// </summary>
    public ImmutableArray<string> Of { get; init; } = ["*"];

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (SpectralEntropy is not (> 0 and <= 1e6))
        {
            yield return new(
                "spectral_entropy",
                $"spectral_entropy is {SpectralEntropy}; give a number above 0 and at most 1000000, such as 0.1, or leave penalty out.");
        }
        if (Of.IsDefaultOrEmpty) { yield return new("of", "of names no matrix; leave it out for all of them."); }
    }

    /// <summary>Throws when a name means no matrix of a model.</summary>
    /// <exception cref="GrokException">It does not; the message lists the matrices that there are.</exception>
    public void Check(Model model) => Matrices(model.Parameters.Where(spec => !spec.IsFixed));

    /// <summary>Gradients with that of the penalty.</summary>
    /// <param name="gradients">Of the loss.</param>
    /// <param name="specs">Their parameters, in the same order.</param>
    /// <param name="fed">Gets the inputs.</param>
    internal IReadOnlyList<Value> Apply(IReadOnlyList<Value> gradients, IReadOnlyList<ParameterSpec> specs, FedInputs fed)
    {
        var matrices = Matrices(specs);
        var factor = SpectralEntropy / matrices.Count;
        return
        [
            .. gradients.Zip(specs, (gradient, spec) => matrices.Contains(spec.Name)
                ? gradient + (Entropy(spec, fed) * factor) : gradient),
        ];
    }

    private static Value Entropy(ParameterSpec spec, FedInputs fed) =>
        fed.Add(new FedInput($"{spec.Name}.entropy_gradient", spec.Type, FedKind.EntropyGradient, spec.Name));

    private HashSet<string> Matrices(IEnumerable<ParameterSpec> specs)
    {
        string[] names = [.. specs.Where(spec => spec.Shape.Rank == 2).Select(spec => spec.Name)];
        foreach (var word in Of.Where(word => !names.Any(name => ParameterGroup.Holds(word, name))))
        {
            throw new GrokException(
                $"The model has no matrix '{word}'.{Spelling.Suggestion(word, names)}",
                $"Name some of those it has: {string.Join(", ", names)}.");
        }
        return [.. names.Where(name => Of.Any(word => ParameterGroup.Holds(word, name)))];
    }
}
