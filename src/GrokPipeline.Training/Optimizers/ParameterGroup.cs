using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace GrokPipeline.Training.Optimizers;

/// <summary>
/// Parameters that are trained with numbers of their own. Like the optimizer's, the numbers are inputs of the step:
/// <c>embed.learning_rate</c>, <c>embed.weight_decay</c>.
/// </summary>
/// <param name="Name">
/// A parameter's name (<c>embed.weight</c>), the beginning of some before a dot (<c>embed</c>, <c>blocks.0</c>), or a pattern in which
/// <c>*</c> stands for any text.
/// </param>
/// <param name="LearningRate">The learning rate that a schedule multiplies.</param>
/// <param name="Settings">The numbers beside it, under the names of <see cref="Optimizer.Settings"/>.</param>
public sealed record ParameterGroup(string Name, double LearningRate, ImmutableArray<KeyValuePair<string, double>> Settings)
{
    /// <summary>The step's input for one of the optimizer's own inputs.</summary>
    internal string InputOf(string input) => $"{Name}.{input}";

    /// <summary>True when a parameter belongs to it.</summary>
    internal bool Holds(string parameter) => Holds(Name, parameter);

    /// <summary>True when a parameter is meant by a name, the beginning of some before a dot, or a pattern with <c>*</c>.</summary>
    /// <param name="name">What is written.</param>
    /// <param name="parameter">The parameter's name.</param>
    public static bool Holds(string name, string parameter) =>
        parameter.StartsWith($"{name}.", StringComparison.Ordinal)
        || Regex.IsMatch(parameter, $"^{Regex.Escape(name).Replace(@"\*", ".*", StringComparison.Ordinal)}$", RegexOptions.NonBacktracking);
}
