using System.Collections.Immutable;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Passes;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Training;

/// <summary>
/// Noise in the forward pass of training steps (Power et al. 2022). Scores, exported files and probes have none. Its numbers come from the
/// seed by step and name: the same for any engine, and after a resume.
/// </summary>
public sealed record NoiseOptions : IOptions
{
    /// <summary>
    /// Deviation of normal noise on every parameter, at least 0: a step computes loss and gradient at θ + σz, and moves θ. Default 0;
    /// Power et al. use 0.01.
    /// </summary>
    public double Weights { get; init; }

    /// <summary>Share of values set to 0 at <see cref="DropoutAt"/>, in [0, 1); the others are divided by 1 − share. Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>
    /// Activations, by name or pattern with *. Default both branches of a transformer's blocks, the paper's residual dropout; its code has
    /// <c>["*mlp_out"]</c> only.
    /// </summary>
    public ImmutableArray<string> DropoutAt { get; init; } = ["*attn_out", "*mlp_out"];

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Weights is not (>= 0 and <= 1e6))
        {
            yield return new("weights", $"weights is {Weights}; give a number from 0 to 1000000, such as 0.01.");
        }
        if (Dropout is not (>= 0 and < 1)) { yield return new("dropout", $"dropout is {Dropout}; give a share in [0, 1), such as 0.1."); }
        if (Weights == 0 && Dropout == 0)
        {
            yield return new("weights", "this noise changes nothing; give weights: 0.01 or dropout: 0.1, or leave noise out.");
        }
    }

    /// <summary>Throws when a model has no activation to drop.</summary>
    /// <exception cref="GrokException">There is none of a name; the message lists those there are.</exception>
    public void Check(Model model) => Apply(model, 2, false, new FedInputs());

    /// <summary>A model with its noise.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">Rows of a step.</param>
    /// <param name="shareRows">Whether common parts of rows are computed once; not with dropout, which makes them differ.</param>
    /// <param name="fed">Gets the noise's inputs.</param>
    internal ModelGraph Apply(Model model, int batch, bool shareRows, FedInputs fed)
    {
        var forward = shareRows && Dropout == 0 ? model.BuildShared(batch) : model.Build(batch);
        if (Dropout > 0) { forward = forward with { Logits = Dropped(forward, fed) }; }
        if (Weights == 0) { return forward; }
        var names = model.Parameters.Where(spec => !spec.IsFixed).Select(spec => spec.Name).ToHashSet(StringComparer.Ordinal);
        // not null: an input has a name
        var noisy = forward.Parameters.Where(parameter => names.Contains(parameter.Name!)).ToDictionary(
            parameter => parameter, parameter => parameter
                + (fed.Add(new FedInput($"{parameter.Name}.weight_noise", parameter.Type, FedKind.Normal)) * Weights));
        return forward with { Logits = Rewired.Apply([forward.Logits], noisy)[0] };
    }

    private Value Dropped(ModelGraph forward, FedInputs fed)
    {
        var names = forward.Activations().Select(value => value.Name!).ToArray();                // not null: activations are named
        foreach (var pattern in DropoutAt.Where(pattern => !names.Any(name => ParameterGroup.Holds(pattern, name))))
        {
            throw new GrokException(
                $"The model has no activation '{pattern}' to drop values of.{Spelling.Suggestion(pattern, names)}",
                $"Name some under dropout_at. It has: {string.Join(", ", names)}.");
        }
        var rebuilt = new Dictionary<Value, Value>();
        foreach (var value in Topology.Of(forward.Logits))
        {
            var fresh = value.IsInput ? value : value.On([.. value.Inputs.Select(input => rebuilt[input])]);
            var isDropped = value is { IsInput: false, Name: { } name } && value != forward.Logits
                && DropoutAt.Any(pattern => ParameterGroup.Holds(pattern, name));
            rebuilt[value] = isDropped ? fresh * fed.Add(new FedInput($"{value.Name}.mask", value.Type, FedKind.Mask, "", Dropout)) : fresh;
        }
        return rebuilt[forward.Logits];
    }
}
