using System.Collections.Immutable;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Measures;

/// <summary>A number that a training step gives out besides its loss, from the parameters before the step and their gradients.</summary>
/// <param name="Name">The output's name.</param>
/// <param name="Of">Builds it: a scalar from parameters and gradients, in the model's order.</param>
public sealed record StepScalar(string Name, Func<ImmutableArray<Value>, IReadOnlyList<Value>, Value> Of)
{
    /// <summary>Σ ⟨gradient, parameter⟩.</summary>
    public static StepScalar GradientDotParameters { get; } = new(
        "gradient_dot_parameters", (parameters, gradients) => Sum(parameters.Zip(gradients, (parameter, gradient) => parameter * gradient)));

    /// <summary>Euclidean norm of all parameters.</summary>
    public static StepScalar ParameterNorm { get; } = new(
        "parameter_norm", (parameters, _) => Sum(parameters.Select(parameter => parameter * parameter)).Sqrt());

    private static Value Sum(IEnumerable<Value> values) => values.Select(value => value.Sum()).Aggregate((sum, value) => sum + value);
}
