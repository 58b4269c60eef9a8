using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;

namespace GrokPipeline.Training.Models;

/// <summary>
/// One hidden layer whose readout is a mean that is not trained (Kumar et al. 2024). Parameter <c>hidden.weight</c>, [features, neurons];
/// where the output is centred also <c>initial.hidden.weight</c>, the same as drawn, which no step changes. Activation <c>hidden.pre</c>.
/// </summary>
public sealed record FixedReadout : Model
{
    private const string Weight = "hidden.weight";

    private readonly FixedReadoutOptions _options;
    private readonly int _features;

    /// <summary>A network for a dataset.</summary>
    /// <exception cref="GrokException">The dataset has no features, or more than one real number as target.</exception>
    public FixedReadout(FixedReadoutOptions options, DatasetFacts facts)
    {
        if (facts.Kind != InputKind.Features || !facts.IsReal || facts.Outputs != 1)
        {
            throw new GrokException(
                "A fixed_readout network turns features into one real number; this dataset has other rows.",
                "Use it with a dataset such as polynomial, or use 'kind: mlp'.");
        }
        (_options, _features) = (options, facts.FeatureCount);
        var spec = new ParameterSpec(Weight, [_features, options.Width], new(Distribution.Normal, options.Deviation));
        Parameters = options.Centred ? [spec, spec with { Name = $"initial.{Weight}", DrawnAs = Weight, IsFixed = true }] : [spec];
    }

    /// <inheritdoc/>
    public override ImmutableArray<ParameterSpec> Parameters { get; }

    /// <inheritdoc/>
    public override string InputName => RowEncoding.Features;

    /// <inheritdoc/>
    public override int Classes => 1;

    /// <inheritdoc/>
    public override TargetKind Target => TargetKind.Real;

    /// <inheritdoc/>
    public override ModelGraph Build(int batch)
    {
        var input = Value.Input(InputName, TensorType.Float32([batch, _features]));
        ImmutableArray<Value> parameters = [.. Parameters.Select(spec => Value.Input(spec.Name, spec.Type))];
        var now = input.MatMul(parameters[0]).Named("hidden.pre");
        var sum = Sum(now);
        if (_options.Centred) { sum -= Sum(input.MatMul(parameters[1])); }
        return new(input, parameters, (sum * (_options.Scale / _options.Width)).Named("logits"));
    }

    // Σ φ over the neurons, [batch, 1].
    private Value Sum(Value before) => (before + (before * before * (_options.Epsilon / 2))).Sum([1], keep: true);
}
