using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Graphs.Passes;
using GrokPipeline.Training.Layers;

namespace GrokPipeline.Training.Models;

/// <summary>
/// A transformer over the tokens of an equation, or over blocks of features; with answers of T tokens over prompt and answer, whose tokens
/// it gives at the last T positions, each from what stands before it. Parameters <c>embed.weight</c>, <c>pos.weight</c>,
/// <c>blocks.0.attn.q.weight</c>, <c>blocks.0.mlp.in.weight</c>, …, <c>unembed.weight</c>; activations <c>embed</c>,
/// <c>blocks.0.attn.pattern</c>, <c>blocks.0.mlp.post</c>, <c>blocks.0.resid_post</c>, …; probes <c>pos_embed</c>,
/// <c>blocks.0.resid_pre</c>, <c>blocks.0.attn.result</c>, <c>pre_logits</c>, ….
/// </summary>
public sealed record Transformer : Model
{
    private const double Epsilon = 1e-5;
    private readonly TransformerOptions _options;
    private readonly int _blocks;
    private readonly int _length;
    private readonly ImmutableArray<IndexColumn> _columns;

    /// <summary>A transformer for a dataset.</summary>
    /// <exception cref="GrokException">The options do not fit the dataset.</exception>
    public Transformer(TransformerOptions options, DatasetFacts facts)
    {
        _options = options;
        (Classes, Answers) = (facts.TargetWidth, facts.AnswerLength);
        if (facts.Kind == InputKind.Features)
        {
            (_blocks, _length, InputName, _columns) = (BlocksOf(options, facts), facts.FeatureCount, RowEncoding.Features, []);
        }
        else
        {
            if (options.FeatureBlocks is { } blocks)
            {
                throw new GrokException(
                    $"'feature_blocks: {blocks}' cuts vectors of features; this dataset has operands.", "Leave 'feature_blocks' out.");
            }
            CheckPrompt(options, facts);
            InputName = (options.Tokens ?? TokenForm.Equation).InputName();
            _length = RowEncoding.InputType(InputName, facts, 1).Shape[1];
            var prompt = _length - (Answers - 1);
            _columns = [.. RowEncoding.KnownColumns(InputName, facts).Select(
                (known, i) => new IndexColumn(i < prompt ? facts.OperandValues : facts.Classes, known))];
        }
        Parameters = new TransformerParameters(
            options, _blocks == 0 ? RowEncoding.Vocabulary(InputName, facts) : _length / _blocks, Positions, Classes).Specs();
    }

    /// <inheritdoc/>
    public override ImmutableArray<ParameterSpec> Parameters { get; }

    /// <inheritdoc/>
    public override string InputName { get; }

    /// <inheritdoc/>
    public override ImmutableArray<IndexColumn> Columns => _columns;

    /// <inheritdoc/>
    public override int Classes { get; }

    /// <inheritdoc/>
    public override int Answers { get; }

    private int Positions => _blocks == 0 ? _length : _blocks;

    /// <inheritdoc/>
    public override ModelGraph Build(int batch)
    {
        var element = _blocks == 0 ? ElementType.Int64 : ElementType.Float32;
        var input = Value.Input(InputName, new TensorType(element, [batch, _length]));
        var parameters = Parameters.ToDictionary(spec => spec.Name, spec => Value.Input(spec.Name, spec.Type), StringComparer.Ordinal);
        var probes = ImmutableArray.CreateBuilder<ModelProbe>();
        var x = Placed(Embedded(input, parameters).Named("embed"), parameters, probes);
        for (var i = 0; i < _options.Layers; i++)
        {
            var last = i == _options.Layers - 1 && _options.ReadsLast;
            var stream = x;
            probes.Add(new($"blocks.{i}.resid_pre", () => stream));
            x = Block(x, $"blocks.{i}", last ? Answers : Positions, parameters.GetValueOrDefault, probes);
        }
        var answer = _options.Pool == Pooling.Mean
            ? x.Mean([1])
            : x.Slice(1, x.Shape[1] - Answers, Answers);
        if (Answers == 1 && answer.Shape.Rank == 3) { answer = answer.Reshape([batch, _options.DModel]); }
        if (_options.HasFinalNorm) { answer = Norm(answer, "final_norm", parameters.GetValueOrDefault).Named("final_norm"); }
        probes.Add(new("pre_logits", () => answer));
        var logits = answer.Affine(parameters["unembed.weight"], parameters.GetValueOrDefault("unembed.bias"));
        if (_options.OutputScale != 1) { logits *= _options.OutputScale; }
        return new(input, [.. Parameters.Select(spec => parameters[spec.Name])], logits.Named("logits")) { Probes = probes.ToImmutable() };
    }

    // A prompt of the dataset's own is read as it is, and a token of the answer must not see those to its right.
    private static void CheckPrompt(TransformerOptions options, DatasetFacts facts)
    {
        if (facts.Prompt.IsDefaultOrEmpty) { return; }
        if (options.Tokens is not (null or TokenForm.Equation))
        {
            throw new GrokException("The dataset says itself which tokens a row becomes; 'tokens' says it again.", "Leave 'tokens' out.");
        }
        if (facts.AnswerLength == 1) { return; }
        if (!options.Causal || options.Pool != Pooling.Last)
        {
            throw new GrokException(
                $"An answer of this dataset has {facts.AnswerLength} tokens, each given at a position of its own from what stands before it.",
                "Leave 'causal' and 'pool' out.");
        }
    }

    private static int BlocksOf(TransformerOptions options, DatasetFacts facts)
    {
        if (options.Tokens is { } tokens)
        {
            throw new GrokException(
                $"'tokens: {(tokens == TokenForm.OperandsEquals ? "operands_equals" : tokens.ToString().ToLowerInvariant())}' is for operands; "
                + $"this dataset has {facts.FeatureCount} features.", "Leave 'tokens' out, and give 'feature_blocks'.");
        }
        if (options.FeatureBlocks is not { } blocks)
        {
            throw new GrokException(
                $"A transformer reads tokens; this dataset has none, but {facts.FeatureCount} features.",
                "Give 'feature_blocks', in how many parts a vector is cut, or use 'kind: mlp'.");
        }
        if (facts.FeatureCount % blocks != 0)
        {
            var divisors = Enumerable.Range(1, facts.FeatureCount).Where(number => facts.FeatureCount % number == 0);
            throw new GrokException(
                $"feature_blocks is {blocks}, which does not divide {facts.FeatureCount} features.",
                $"Give {divisors.MinBy(number => Math.Abs(number - blocks))}.");
        }
        return blocks;
    }

    private Value Embedded(Value input, Dictionary<string, Value> parameters) => _blocks == 0
        ? parameters["embed.weight"].Gather(input)
        : input.Reshape([input.Shape[0], _blocks, _length / _blocks])
            .Affine(parameters["embed.weight"], parameters.GetValueOrDefault("embed.bias"));

    private Value Placed(Value x, Dictionary<string, Value> parameters, ImmutableArray<ModelProbe>.Builder probes)
    {
        var added = _options.PositionCode switch
        {
            PositionCode.Learned => parameters["pos.weight"],
            PositionCode.Sinusoidal => Value.Constant(PositionTables.Sinusoids(Positions, _options.DModel)),
            _ => null,
        };
        if (added is null) { return x; }
        probes.Add(new("pos_embed", () => added.Expand(x.Shape)));
        return x + added;
    }

    private Value Block(
        Value x, string scope, int queries, Func<string, Value?> parameter, ImmutableArray<ModelProbe>.Builder probes)
    {
        var (before, after) = (_options.Norm == NormPlace.Pre, _options.Norm == NormPlace.Post);
        var attention = new SelfAttention(_options.Heads, $"{scope}.attn", parameter)
        {
            Causal = _options.Causal, RotaryBase = _options.PositionCode == PositionCode.Rotary ? _options.RotaryBase : null,
        };
        var z = attention.Mix(before ? Norm(x, $"{scope}.norm1", parameter) : x, queries);
        probes.Add(new($"{scope}.attn.result", () => attention.Result(z)));
        var heard = attention.Output(z).Named($"{scope}.attn_out");
        var positions = x.Shape[1];
        x = (queries == positions ? x : x.Slice(1, positions - queries, queries)) + heard;
        if (after) { x = Norm(x, $"{scope}.norm1", parameter); }
        x = x.Named($"{scope}.resid_mid");
        x += Thought(before ? Norm(x, $"{scope}.norm2", parameter) : x, $"{scope}.mlp", parameter).Named($"{scope}.mlp_out");
        if (after) { x = Norm(x, $"{scope}.norm2", parameter); }
        return x.Named($"{scope}.resid_post");
    }

    private Value Thought(Value x, string scope, Func<string, Value?> parameter)
    {
        var pre = Through(x, _options.Gated ? "gate" : "in").Named($"{scope}.pre");
        var post = pre.Activate(_options.Activation);
        if (_options.Gated) { post *= Through(x, "in").Named($"{scope}.pre_linear"); }
        return Through(post.Named($"{scope}.post"), "out");

        Value Through(Value input, string part) =>
            input.Affine(parameter($"{scope}.{part}.weight")!, parameter($"{scope}.{part}.bias"));        // every part has a weight
    }

    private Value Norm(Value x, string name, Func<string, Value?> parameter)
    {
        var gain = parameter($"{name}.weight")!;                                                          // present wherever it is asked for
        return _options.NormKind == NormKind.Rms
            ? x.RmsNormalization(gain, Epsilon) : x.LayerNormalization(gain, parameter($"{name}.bias")!, Epsilon);       // as above
    }
}
