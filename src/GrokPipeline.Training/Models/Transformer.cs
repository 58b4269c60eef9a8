using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Graphs.Passes;
using GrokPipeline.Training.Layers;

namespace GrokPipeline.Training.Models;

/// <summary>
/// A decoder transformer over <c>a ∘ b =</c> that answers at the last position; with answers of T tokens over prompt and answer, whose
/// tokens it gives at the last T positions, each from what stands before it. Parameters <c>embed.weight</c>, <c>pos.weight</c>,
/// <c>blocks.0.attn.q.weight</c>, <c>blocks.0.mlp.in.weight</c>, …, <c>unembed.weight</c>; activations <c>embed</c>,
/// <c>blocks.0.attn.pattern</c>, <c>blocks.0.mlp.post</c>, <c>blocks.0.resid_post</c>, …; probes <c>pos_embed</c>,
/// <c>blocks.0.resid_pre</c>, <c>blocks.0.attn.result</c>, <c>pre_logits</c>, ….
/// </summary>
public sealed record Transformer : Model
{
    private const double Epsilon = 1e-5;
    private readonly TransformerOptions _options;
    private readonly int _vocabulary;
    private readonly int _length;
    private readonly ImmutableArray<IndexColumn> _columns;

    /// <summary>A transformer for a dataset of operands.</summary>
    /// <exception cref="GrokException">The dataset has no tokens.</exception>
    public Transformer(TransformerOptions options, DatasetFacts facts)
    {
        if (facts.Kind != InputKind.Operands)
        {
            throw new GrokException("A transformer reads the tokens 'a ∘ b ='; this dataset has none.", "Use 'kind: mlp'.");
        }
        _options = options;
        _vocabulary = RowEncoding.Vocabulary(facts);
        _length = RowEncoding.InputType(RowEncoding.Tokens, facts, 1).Shape[1];
        var prompt = RowEncoding.PromptLength(facts);
        _columns = [.. RowEncoding.KnownColumns(InputName, facts).Select(
            (known, i) => new IndexColumn(i < prompt ? facts.OperandValues : facts.Classes, known))];
        (Classes, Answers) = (facts.Classes, facts.AnswerLength);
        Parameters = [.. Specs()];
    }

    /// <inheritdoc/>
    public override ImmutableArray<ParameterSpec> Parameters { get; }

    /// <inheritdoc/>
    public override string InputName => RowEncoding.Tokens;

    /// <inheritdoc/>
    public override ImmutableArray<IndexColumn> Columns => _columns;

    /// <inheritdoc/>
    public override int Classes { get; }

    /// <inheritdoc/>
    public override int Answers { get; }

    /// <inheritdoc/>
    public override ModelGraph Build(int batch)
    {
        var tokens = Value.Input(InputName, TensorType.Int64([batch, _length]));
        var parameters = Parameters.ToDictionary(spec => spec.Name, spec => Value.Input(spec.Name, spec.Type), StringComparer.Ordinal);
        var x = parameters["embed.weight"].Gather(tokens).Named("embed") + parameters["pos.weight"];
        var probes = ImmutableArray.CreateBuilder<ModelProbe>();
        probes.Add(new("pos_embed", () => parameters["pos.weight"].Expand([batch, _length, _options.DModel])));
        for (var i = 0; i < _options.Layers; i++)
        {
            var last = i == _options.Layers - 1 && _options.Positions == Positions.Last;
            var stream = x;
            probes.Add(new($"blocks.{i}.resid_pre", () => stream));
            x = Block(x, $"blocks.{i}", last ? Answers : _length, parameters.GetValueOrDefault, probes);
        }
        var answer = x.Slice(1, x.Shape[1] - Answers, Answers);
        if (Answers == 1) { answer = answer.Reshape([batch, _options.DModel]); }
        if (_options.Norm == NormPlace.Pre) { answer = Norm(answer, "final_norm", parameters.GetValueOrDefault).Named("final_norm"); }
        var logits = answer.Affine(parameters["unembed.weight"], parameters.GetValueOrDefault("unembed.bias"));
        probes.Add(new("pre_logits", () => answer));
        return new(tokens, [.. Parameters.Select(spec => parameters[spec.Name])], logits.Named("logits")) { Probes = probes.ToImmutable() };
    }

    private Value Block(
        Value x, string scope, int queries, Func<string, Value?> parameter, ImmutableArray<ModelProbe>.Builder probes)
    {
        var (before, after) = (_options.Norm == NormPlace.Pre, _options.Norm == NormPlace.Post);
        var attention = new SelfAttention(_options.Heads, $"{scope}.attn", parameter);
        var z = attention.Mix(before ? Norm(x, $"{scope}.norm1", parameter) : x, queries);
        probes.Add(new($"{scope}.attn.result", () => attention.Result(z)));
        var heard = attention.Output(z).Named($"{scope}.attn_out");
        var positions = x.Shape[1];
        x = (queries == positions ? x : x.Slice(1, positions - queries, queries)) + heard;
        if (after) { x = Norm(x, $"{scope}.norm1", parameter); }
        x = x.Named($"{scope}.resid_mid");
        var pre = (before ? Norm(x, $"{scope}.norm2", parameter) : x)
            .Affine(parameter($"{scope}.mlp.in.weight")!, parameter($"{scope}.mlp.in.bias")).Named($"{scope}.mlp.pre");
        var post = pre.Activate(_options.Activation).Named($"{scope}.mlp.post");
        var thought = post.Affine(parameter($"{scope}.mlp.out.weight")!, parameter($"{scope}.mlp.out.bias")).Named($"{scope}.mlp_out");
        x += thought;
        if (after) { x = Norm(x, $"{scope}.norm2", parameter); }
        return x.Named($"{scope}.resid_post");
    }

    private static Value Norm(Value x, string name, Func<string, Value?> parameter) =>
        x.LayerNormalization(parameter($"{name}.weight")!, parameter($"{name}.bias")!, Epsilon);    // present wherever it is asked for

    private IEnumerable<ParameterSpec> Specs()
    {
        var (init, width) = (_options.Init, _options.DModel);
        yield return new("embed.weight", [_vocabulary, width], init.Table(width)) { IsTable = true };
        yield return new("pos.weight", [_length, width], init.Table(width)) { IsTable = true };
        for (var i = 0; i < _options.Layers; i++)
        {
            var scope = $"blocks.{i}";
            foreach (var spec in NormSpecs($"{scope}.norm1", _options.Norm != NormPlace.None)) { yield return spec; }
            foreach (var part in (string[])["q", "k", "v", "o"])
            {
                foreach (var spec in DenseSpecs($"{scope}.attn.{part}", width, width)) { yield return spec; }
            }
            foreach (var spec in NormSpecs($"{scope}.norm2", _options.Norm != NormPlace.None)) { yield return spec; }
            foreach (var spec in DenseSpecs($"{scope}.mlp.in", width, _options.Mlp)) { yield return spec; }
            foreach (var spec in DenseSpecs($"{scope}.mlp.out", _options.Mlp, width)) { yield return spec; }
        }
        foreach (var spec in NormSpecs("final_norm", _options.Norm == NormPlace.Pre)) { yield return spec; }
        foreach (var spec in DenseSpecs("unembed", width, Classes)) { yield return spec; }
    }

    private IEnumerable<ParameterSpec> DenseSpecs(string name, int inputs, int outputs)
    {
        yield return new($"{name}.weight", [inputs, outputs], _options.Init.Weight(inputs, inputs));
        if (_options.Bias) { yield return new($"{name}.bias", [outputs], _options.Init.Bias(inputs)); }
    }

    private IEnumerable<ParameterSpec> NormSpecs(string name, bool present)
    {
        if (!present) { yield break; }
        yield return new($"{name}.weight", [_options.DModel], new(Distribution.Constant, 1));
        yield return new($"{name}.bias", [_options.DModel], new(Distribution.Constant, 0));
    }
}
