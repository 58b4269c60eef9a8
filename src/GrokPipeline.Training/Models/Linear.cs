using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Training.Layers;

namespace GrokPipeline.Training.Models;

/// <summary>A linear map of features. Parameters <c>output.weight</c> and, where asked for, <c>output.bias</c>.</summary>
public sealed record Linear : Model
{
    private readonly int _features;

    /// <summary>A map for a dataset.</summary>
    /// <exception cref="GrokException">The dataset has no features, or another number of them than weights are given.</exception>
    public Linear(LinearOptions options, DatasetFacts facts)
    {
        if (facts.Kind != InputKind.Features)
        {
            throw new GrokException("A linear model reads features; this dataset has operands.", "Use 'kind: mlp' with 'hidden: []'.");
        }
        (_features, Classes, Target) = (facts.FeatureCount, facts.TargetWidth, facts.TargetKind);
        if (!options.Weights.IsEmpty && options.Weights.Length != _features * Classes)
        {
            throw new GrokException(
                $"'weights' holds {options.Weights.Length} numbers; the dataset has {_features} features and {Classes} outputs.",
                $"Give {_features * Classes} numbers, those of a feature side by side, or leave 'weights' out.");
        }
        var weight = new ParameterSpec("output.weight", [_features, Classes], options.Init.Weight(_features, _features))
        {
            Given = options.Weights,
        };
        Parameters = options.Bias ? [weight, new("output.bias", [Classes], options.Init.Bias(_features))] : [weight];
    }

    /// <inheritdoc/>
    public override ImmutableArray<ParameterSpec> Parameters { get; }

    /// <inheritdoc/>
    public override string InputName => RowEncoding.Features;

    /// <inheritdoc/>
    public override int Classes { get; }

    /// <inheritdoc/>
    public override TargetKind Target { get; }

    /// <inheritdoc/>
    public override int? Degree => Parameters.Length == 1 ? 1 : null;

    /// <inheritdoc/>
    public override ModelGraph Build(int batch)
    {
        var input = Value.Input(InputName, TensorType.Float32([batch, _features]));
        ImmutableArray<Value> parameters = [.. Parameters.Select(spec => Value.Input(spec.Name, spec.Type))];
        return new(input, parameters, input.Affine(parameters[0], parameters.ElementAtOrDefault(1)).Named("logits"));
    }
}
