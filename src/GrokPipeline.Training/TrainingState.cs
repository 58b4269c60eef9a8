using System.Collections.Immutable;
using System.Globalization;

namespace GrokPipeline.Training;

/// <summary>
/// All that the next step depends on besides the plan. Which rows come next is a function of the step, so the step is the data's cursor
/// too. The tensors must not be changed.
/// </summary>
/// <param name="Step">How many steps were made.</param>
/// <param name="Parameters">Parameters by name.</param>
/// <param name="Optimizer">The optimizer's tensors and numbers by name; empty when they were not kept.</param>
public sealed record TrainingState(
    long Step, ImmutableSortedDictionary<string, Tensor> Parameters, ImmutableSortedDictionary<string, Tensor> Optimizer)
{
    private const string Format = "grokpipeline.training_state.v1";
    private const string ParameterPrefix = "parameters/";
    private const string OptimizerPrefix = "optimizer/";

    /// <summary>The parameters alone.</summary>
    public TrainingState WithoutOptimizer() => this with { Optimizer = Optimizer.Clear() };

    /// <summary>Writes it as one safetensors file; the same state gives the same bytes.</summary>
    public void Write(Stream destination) => Safetensors.Write(
        destination,
        Parameters.Select(pair => KeyValuePair.Create(ParameterPrefix + pair.Key, pair.Value))
            .Concat(Optimizer.Select(pair => KeyValuePair.Create(OptimizerPrefix + pair.Key, pair.Value))),
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = Format,
            ["step"] = Step.ToString(CultureInfo.InvariantCulture),
        });

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="source">The file; its length is known.</param>
    /// <param name="where">What messages call it, usually its path.</param>
    /// <exception cref="GrokException">Of kind <see cref="ProblemKind.Integrity"/>: the file is broken or is something else.</exception>
    public static TrainingState Read(Stream source, string where)
    {
        var content = Safetensors.Read(source, where);
        if (content.Metadata.GetValueOrDefault("format") != Format
            || !long.TryParse(content.Metadata.GetValueOrDefault("step"), NumberStyles.None, CultureInfo.InvariantCulture, out var step))
        {
            throw new GrokException(
                "This safetensors file is no training state.", "Give a file that training wrote to resume from.", where,
                ProblemKind.Integrity);
        }
        return new(step, Under(content, ParameterPrefix), Under(content, OptimizerPrefix));
    }

    private static ImmutableSortedDictionary<string, Tensor> Under(SafetensorsContent content, string prefix) => content.Tensors
        .Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToImmutableSortedDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value, StringComparer.Ordinal);
}
