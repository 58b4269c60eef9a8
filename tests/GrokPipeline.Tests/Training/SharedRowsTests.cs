using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Graphs.Passes;
using GrokPipeline.Training;
using GrokPipeline.Training.Layers;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Tests.Training;

public sealed class SharedRowsTests
{
    private const int Modulus = 7;
    private const int Rows = 40;

    private static readonly DatasetFacts _facts = Small.Modular(Modulus).Facts;

    private static readonly Dictionary<string, Model> _models = new()
    {
        ["pre"] = Decoder(new()),
        ["pre, all positions"] = Decoder(new() { Positions = Positions.All, Bias = true }),
        ["post, all positions"] = Decoder(new() { Positions = Positions.All, Norm = NormPlace.Post, Bias = true }),
        ["none, three blocks"] = Decoder(new() { Positions = Positions.All, Norm = NormPlace.None, Layers = 3 }),
        ["as Power, framed"] = Decoder(new() { Norm = NormPlace.Post, PositionCode = PositionCode.Sinusoidal, Tokens = TokenForm.Framed }),
        ["as Nanda"] = Wide(new() { Layers = 1, Norm = NormPlace.None, MlpBias = true, Tokens = TokenForm.OperandsEquals }),
        ["rms, rotary, gated"] = Decoder(new() { NormKind = NormKind.Rms, PositionCode = PositionCode.Rotary, Gated = true }),
        ["two tokens that see each other"] = Wide(new() { Causal = false, Tokens = TokenForm.Operands, Positions = Positions.All }),
        ["mean over positions"] = Decoder(new() { Pool = Pooling.Mean, OutputScale = 2 }),
        ["one block"] = Decoder(new() { Layers = 1 }),
        ["mlp on embeddings"] = new Mlp(new() { Encode = OperandEncoding.Embedding, Embedding = 32, Hidden = [9, 8] }, _facts),
        ["mlp on embeddings, no bias"] = new Mlp(new() { Encode = OperandEncoding.Embedding, Embedding = 32, Hidden = [9], Bias = false }, _facts),
        ["mlp on one-hot rows"] = new Mlp(new() { Hidden = [9], Activation = Activation.Square }, _facts),
    };

    public static TheoryData<string> Models => [.. _models.Keys];

    [Theory]
    [MemberData(nameof(Models))]
    public void Loss_and_gradients_are_those_of_the_plain_model(string name)
    {
        var model = _models[name];
        var (shared, plain) = (Step(model, shareRows: true), Step(model, shareRows: false));
        Assert.NotEqual(GraphText.Of(plain.Graph), GraphText.Of(shared.Graph));
        foreach (var (output, expected) in Run(model, plain))
        {
            var found = Run(model, shared)[output];
            var scale = Math.Max(1e-3, expected.Max(Math.Abs));
            for (var i = 0; i < found.Length; i++) { Assert.Equal(expected[i] / scale, found[i] / scale, 1e-12); }
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    public void Any_positions_may_be_read(int start, int length)
    {
        var tokens = Value.Input("tokens", TensorType.Int64([Rows, 4]));
        string[] names = ["table", "q", "k", "v"];
        Value[] parameters = [.. names.Select((name, i) => Value.Input(name, TensorType.Float32(i == 0 ? [5, 8] : [8, 8])))];
        var x = parameters[0].Gather(tokens);
        var (q, k, v) = (Heads(1), Heads(2), Heads(3));
        var mask = Tensor.Of<float>([4, 4], [.. Enumerable.Range(0, 16).Select(i => i % 4 > i / 4 ? -1e9f : 0f)]);
        var scores = (q.Transpose([0, 2, 1, 3]).MatMul(k.Transpose([0, 2, 3, 1])) * 0.5) + Value.Constant(mask);
        var heard = scores.Softmax().MatMul(v.Transpose([0, 2, 1, 3])).Transpose([0, 2, 1, 3]).Reshape([Rows, 4, 8]);
        var result = (x + heard).Slice(1, start, length).Reshape([Rows, length * 8]);
        var shared = SharedRows.Apply(result, tokens, [new(5), new(5, 4), new(5), new(5, 3)]);
        if (length == 1) { Assert.NotSame(result, shared); }                              // of both last positions little can be spared
        var inputs = names.Select((name, i) => (name, Draw(parameters[i].Shape, (ulong)i))).ToDictionary(pair => pair.name, pair => pair.Item2);
        inputs["tokens"] = Tensor.Of<long>([Rows, 4], [.. Enumerable.Range(0, Rows).SelectMany(row => (long[])[row % 5, 4, row * row % 5, 3])]);
        var (expected, found) = (Evaluate(result, [tokens, .. parameters], inputs), Evaluate(shared, [tokens, .. parameters], inputs));
        for (var i = 0; i < expected.Length; i++) { Assert.Equal(expected[i], found[i], 1e-12); }

        Value Heads(int weight) => x.MatMul(parameters[weight]).Reshape([Rows, 4, 2, 4]);
    }

    [Fact]
    public void A_factor_after_the_mask_is_no_attention_that_hides()
    {
        var tokens = Value.Input("tokens", TensorType.Int64([Rows, 2]));
        var table = Value.Input("table", TensorType.Float32([5, 8]));
        var x = table.Gather(tokens).Reshape([Rows, 2, 2, 4]);
        var mask = Value.Constant(Tensor.Of<float>([2, 2], [0, -1e9f, 0, 0]));
        var scores = (x.Transpose([0, 2, 1, 3]).MatMul(x.Transpose([0, 2, 3, 1])) + mask) * 1e-9;
        var result = scores.Softmax().MatMul(x.Transpose([0, 2, 1, 3])).Transpose([0, 2, 1, 3]).Reshape([Rows, 16]);
        var shared = SharedRows.Apply(result, tokens, [new(5), new(5)]);
        var inputs = new Dictionary<string, Tensor>
        {
            ["table"] = Draw([5, 8], 1), ["tokens"] = Tensor.Of<long>([Rows, 2], [.. Enumerable.Range(0, 2 * Rows).Select(i => i * i % 5L)]),
        };
        var (expected, found) = (Evaluate(result, [tokens, table], inputs), Evaluate(shared, [tokens, table], inputs));
        for (var i = 0; i < expected.Length; i++) { Assert.Equal(expected[i], found[i], 1e-12); }
    }

    [Fact]
    public void A_decoder_that_is_scored_at_its_end_computes_nothing_for_nobody()
    {
        // Nothing is known of the tokens, so nothing is shared: what is saved is what the last position does not need.
        var forward = Decoder(new() { Positions = Positions.All, Layers = 2 }).Build(Rows);
        var shared = SharedRows.Apply(forward.Logits, forward.Input, [.. Enumerable.Repeat(new IndexColumn(int.MaxValue), 4)]);
        const int Block = (4 * 8 * 8) + (2 * 8 * 12);
        Assert.Equal(4 * Rows * (Block + (2 * 8 * 8)) + (Rows * (Block - (2 * 8 * 8))), Layers(shared) - (Rows * 8 * Modulus));
        Assert.Equal(8 * Rows * Block, Layers(forward.Logits) - (Rows * 8 * Modulus));
    }

    [Fact]
    public void A_prefix_that_rows_have_in_common_is_computed_once_for_each()
    {
        var model = Decoder(new() { Layers = 1, Positions = Positions.All });
        var deep = Decoder(new() { Layers = 2, Positions = Positions.All });
        const int Attention = 3 * 8 * 8, Rest = (8 * 8) + (2 * 8 * 12), Unembed = Rows * 8 * Modulus;
        // Queries, keys and values by token: 7 + 1 + 7 + 1 of them, of which the scored position needs no query but its own.
        var keys = 2 * 8 * 8 * (Modulus + 1 + Modulus + 1);
        Assert.Equal(keys + (8 * 8) + (Rows * Rest), Layers(model.BuildShared(Rows).Logits) - Unembed);
        // The first block at `a` and `∘` depends on a alone.
        var first = (Attention * (Modulus + 1 + Modulus + 1)) - (8 * 8 * Modulus);
        var sees = (2 * Modulus) + (2 * Rows);
        var second = (2 * 8 * 8 * sees) + (8 * 8 * Rows) + (Rows * Rest);
        Assert.InRange(Layers(deep.BuildShared(Rows).Logits) - Unembed, first + (sees * Rest) + second, first + (8 * 8 * Modulus) + (sees * Rest) + second);
    }

    [Fact]
    public void A_linear_map_of_embeddings_becomes_a_table()
    {
        var model = new Mlp(new() { Encode = OperandEncoding.Embedding, Embedding = 32, Hidden = [9] }, _facts);
        Assert.Equal((2 * Modulus * 32 * 9) + (Rows * 9 * Modulus), Layers(model.BuildShared(Rows).Logits));
    }

    [Fact]
    public void Where_rows_are_few_the_graph_stays_as_it_is()
    {
        var model = new Mlp(new() { Encode = OperandEncoding.Embedding, Embedding = 6, Hidden = [9] }, _facts);
        Assert.Equal(GraphText.Of(model.Build(5).Logits), GraphText.Of(model.BuildShared(5).Logits));
    }

    [Fact]
    public void Attention_without_a_mask_shares_what_stands_before_it_only()
    {
        var tokens = Value.Input("tokens", TensorType.Int64([Rows, 3]));
        var (table, weight) = (Value.Input("table", TensorType.Float32([5, 4])), Value.Input("weight", TensorType.Float32([4, 4])));
        var x = table.Gather(tokens).MatMul(weight).Reshape([Rows, 3, 2, 2]);
        var scores = x.Transpose([0, 2, 1, 3]).MatMul(x.Transpose([0, 2, 3, 1])) * 0.5;
        var heard = scores.Softmax().MatMul(x.Transpose([0, 2, 1, 3])).Transpose([0, 2, 1, 3]).Reshape([Rows, 3, 4]);
        var result = heard.Slice(1, 0, 1).Reshape([Rows, 4]);
        var shared = SharedRows.Apply(result, tokens, [new(5), new(5), new(5, 4)]);
        Assert.Equal((5 + 5 + 1) * 16, Layers(shared));
        var inputs = new Dictionary<string, Tensor>
        {
            ["table"] = Draw([5, 4], 1), ["weight"] = Draw([4, 4], 2),
            ["tokens"] = Tensor.Of<long>([Rows, 3], [.. Enumerable.Range(0, Rows).SelectMany(row => (long[])[row % 5, row * row % 5, 4])]),
        };
        var (expected, found) = (Evaluate(result, [tokens, table, weight], inputs), Evaluate(shared, [tokens, table, weight], inputs));
        for (var i = 0; i < expected.Length; i++) { Assert.Equal(expected[i], found[i], 1e-13); }
    }

    // Multiply-adds of products with a weight.
    private static int Layers(Value result) => Topology.Of(result)
        .Where(value => value.Op is MatMul && value.Inputs[1].Shape.Rank == 2)
        .Sum(value => value.Shape.Count * value.Inputs[0].Shape[-1]);

    private static Transformer Decoder(TransformerOptions options) =>
        new(options with { DModel = 8, Heads = 2, Mlp = 12, Activation = Activation.Gelu }, _facts);

    // Moving numbers about costs more than it saves where vectors are short.
    private static Transformer Wide(TransformerOptions options) => new(options with { DModel = 64, Heads = 2, Mlp = 64 }, _facts);

    private static TrainStep Step(Model model, bool shareRows) => TrainStep.Of(model, Rows, new Sgd(new()), new CrossEntropy(), shareRows);

    private static Tensor Draw(TensorShape shape, ulong seed)
    {
        var (tensor, stream) = (new Tensor(TensorType.Float32(shape)), new Seed(seed).Stream());
        foreach (ref var value in tensor.AsSpan<float>()) { value = (float)stream.NextNormal(); }
        return tensor;
    }

    private static double[] Evaluate(Value result, Value[] inputs, Dictionary<string, Tensor> point)
    {
        using var session = new ReferenceEngine(ElementType.Float64).Compile(Graph.Of("g", inputs, [new("y", result)]), new CompileOptions());
        foreach (var (name, tensor) in point) { session.Write(name, tensor); }
        session.Run();
        var read = new Tensor(new(ElementType.Float64, result.Shape));
        session.Read("y", read);
        return read.AsSpan<double>().ToArray();
    }

    // With plain descent at rate 1 the old parameter minus the new one is the gradient.
    private static Dictionary<string, double[]> Run(Model model, TrainStep step)
    {
        using var session = new ReferenceEngine(ElementType.Float64).Compile(step.Graph, new CompileOptions());
        foreach (var spec in model.Parameters) { session.Write(spec.Name, Draw(spec.Shape, (ulong)spec.Name.Length)); }
        session.Write("learning_rate", Tensor.Scalar(1f));
        var (input, target) = (new Tensor(step.Graph.InputType(model.InputName)!.Value), new Tensor(TensorType.Int64([Rows])));   // it has that input
        for (var i = 0; i < Rows; i++)
        {
            var operands = new Queue<long>([i % 7, i * i % 7]);
            long[] row = [.. RowEncoding.KnownColumns(model.InputName, _facts).Select(known => known ?? operands.Dequeue())];
            row.CopyTo(input.AsSpan<long>()[(i * row.Length)..]);
            target.AsSpan<long>()[i] = (i * 3) % 7;
        }
        session.Write(model.InputName, input);
        session.Write("target", target);
        session.Run();
        var outputs = new Dictionary<string, double[]>();
        foreach (var name in step.Graph.Outputs.Select(output => output.Name))
        {
            var read = new Tensor(new(ElementType.Float64, step.Graph.OutputType(name)!.Value.Shape));               // its own output
            session.Read(name, read);
            outputs[name] = read.AsSpan<double>().ToArray();
        }
        return outputs;
    }
}
