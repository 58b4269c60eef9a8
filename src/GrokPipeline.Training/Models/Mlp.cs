using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Graphs.Passes;
using GrokPipeline.Training.Layers;

namespace GrokPipeline.Training.Models;

/// <summary>
/// Dense layers over operands or features. Parameters <c>embed.weight</c>, <c>hidden.0.weight</c>, <c>hidden.0.bias</c>, …,
/// <c>output.weight</c>; activations <c>embed</c>, <c>hidden.0.pre</c>, <c>hidden.0</c>, …; the probe <c>pre_logits</c> is what the last
/// layer reads, where a hidden layer makes it.
/// </summary>
public sealed record Mlp : Model
{
    private readonly MlpOptions _options;
    private readonly InputKind _kind;
    private readonly int _operands;
    private readonly int _values;
    private readonly int _features;

    /// <summary>A network for a dataset.</summary>
    /// <exception cref="GrokException">The options do not fit the dataset.</exception>
    public Mlp(MlpOptions options, DatasetFacts facts)
    {
        if (facts.Kind == InputKind.Features && options.Encode is { } encode)
        {
            throw new GrokException(
                $"'encode: {encode.ToString().ToLowerInvariant()}' is for operands; this dataset has {facts.FeatureCount} features.",
                "Leave 'encode' out.");
        }
        if (facts.AnswerLength > 1)
        {
            throw new GrokException(
                $"An mlp gives one token; the answers of this dataset have {facts.AnswerLength}.", "Use 'kind: transformer'.");
        }
        _options = options;
        _kind = facts.Kind;
        _operands = facts.Operands.Length;
        _values = facts.OperandValues;
        _features = facts.FeatureCount;
        (Classes, Target) = (facts.TargetWidth, facts.TargetKind);
        Parameters = [.. Specs()];
    }

    /// <inheritdoc/>
    public override ImmutableArray<ParameterSpec> Parameters { get; }

    /// <inheritdoc/>
    public override string InputName => _kind == InputKind.Features ? RowEncoding.Features : RowEncoding.Operands;

    /// <inheritdoc/>
    public override ImmutableArray<IndexColumn> Columns =>
        _kind == InputKind.Features ? [] : [.. Enumerable.Repeat(new IndexColumn(_values), _operands)];

    /// <inheritdoc/>
    public override int Classes { get; }

    /// <inheritdoc/>
    public override TargetKind Target { get; }

    // A bias of a later layer is of lower degree than what it is added to.
    /// <inheritdoc/>
    public override int? Degree => (_options.Bias && (Layers > 1 || Embeds)) || (Layers > 1 && _options.Activation is Activation.Gelu or Activation.Tanh)
        ? null
        : Enumerable.Range(1, Layers - 1).Aggregate(
            Embeds ? 2 : 1, (degree, _) => ((_options.Activation == Activation.Square ? 2 : 1) * degree) + 1);

    // Elements of what the first layer reads of embeddings.
    private int Embedded => _options.Embedding * (_options.Combine == Combination.Sum ? 1 : _operands);

    private bool Embeds => _kind == InputKind.Operands && _options.Encode == OperandEncoding.Embedding;

    private int Layers => _options.Hidden.Count + 1;

    /// <inheritdoc/>
    public override ModelGraph Build(int batch)
    {
        var input = _kind == InputKind.Features
            ? Value.Input(InputName, TensorType.Float32([batch, _features]))
            : Value.Input(InputName, TensorType.Int64([batch, _operands]));
        var parameters = Parameters.ToDictionary(spec => spec.Name, spec => Value.Input(spec.Name, spec.Type), StringComparer.Ordinal);
        var x = First(input, parameters);
        var probes = ImmutableArray<ModelProbe>.Empty;
        for (var layer = 0; layer < Layers; layer++)
        {
            var read = x;
            if (layer > 0) { x = x.Affine(parameters[$"{Name(layer)}.weight"], parameters.GetValueOrDefault($"{Name(layer)}.bias")); }
            if (layer == Layers - 1) { break; }
            x = x.Named($"{Name(layer)}.pre").Activate(_options.Activation);
            x = (_options.Residual && layer > 0 ? read + x : x).Named(Name(layer));
            var last = x;
            probes = [new("pre_logits", () => last)];
        }
        if (_options.OutputScale != 1) { x *= _options.OutputScale; }
        return new(input, [.. Parameters.Select(spec => parameters[spec.Name])], x.Named("logits")) { Probes = probes };
    }

    // The first layer's output before its activation.
    private Value First(Value input, Dictionary<string, Value> parameters)
    {
        var (weight, bias) = (parameters[$"{Name(0)}.weight"], parameters.GetValueOrDefault($"{Name(0)}.bias"));
        if (_kind == InputKind.Features) { return input.Affine(weight, bias); }
        if (!Embeds) { return Plus(Sum(operand => weight.Gather(Rows(input, operand))), bias); }
        var vectors = parameters["embed.weight"].Gather(input);
        var embedded = _options.Combine == Combination.Sum ? vectors.Sum([1]) : vectors.Reshape([input.Shape[0], Embedded]);
        return embedded.Named("embed").Affine(weight, bias);
    }

    private Value Sum(Func<int, Value> share) => Enumerable.Range(1, _operands - 1).Aggregate(share(0), (sum, i) => sum + share(i));

    private static Value Plus(Value x, Value? bias) => bias is null ? x : x + bias;

    // Operand i of each row, [batch].
    private static Value Symbols(Value input, int operand) => input.Slice(1, operand, 1).Reshape([input.Shape[0]]);

    // The row of the first layer that belongs to operand i's symbol: i·p + symbol. Integers below 2²⁴ are exact in float32.
    private Value Rows(Value input, int operand)
    {
        var symbols = Symbols(input, operand);
        return operand == 0
            ? symbols
            : (symbols.Cast(ElementType.Float32) + (operand * _values)).Cast(ElementType.Int64);
    }

    private string Name(int layer) => layer == Layers - 1 ? "output" : $"hidden.{layer}";

    private IEnumerable<ParameterSpec> Specs()
    {
        var init = _options.Init;
        if (Embeds) { yield return new("embed.weight", [_values, _options.Embedding], init.Table(_options.Embedding)) { IsTable = true }; }
        var (inputs, active) = (_kind, Embeds) switch
        {
            (InputKind.Features, _) => (_features, _features),
            (_, true) => (Embedded, Embedded),
            _ => (_operands * _values, _operands),
        };
        for (var layer = 0; layer < Layers; layer++)
        {
            var outputs = layer == Layers - 1 ? Classes : _options.Hidden[layer];
            yield return new($"{Name(layer)}.weight", [inputs, outputs], init.Weight(inputs, active));
            if (_options.Bias) { yield return new($"{Name(layer)}.bias", [outputs], init.Bias(inputs)); }
            (inputs, active) = (outputs, outputs);
        }
    }
}
