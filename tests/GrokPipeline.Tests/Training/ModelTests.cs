using GrokPipeline.Data;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Graphs.Ops;
using GrokPipeline.Testing;
using GrokPipeline.Training;
using GrokPipeline.Training.Layers;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Tests.Training;

public sealed class ModelTests
{
    private static readonly DatasetFacts _modular = Small.Modular(5).Facts;
    private static readonly DatasetFacts _features = Small.Features(6, 3);

    private static readonly Dictionary<string, Func<Model>> _models = new()
    {
        ["onehot"] = () => new Mlp(new() { Hidden = [7, 6], Activation = Activation.Gelu }, _modular),
        ["quadratic"] = () => new Mlp(new() { Hidden = [8], Activation = Activation.Square, Bias = false, Init = Normal }, _modular),
        ["embedding"] = () => new Mlp(Embedded, _modular),
        ["embedding, added"] = () => new Mlp(Added, _modular),
        ["linear"] = () => new Mlp(new() { Hidden = [] }, _modular),
        ["residual"] = () => new Mlp(Deep, _modular),
        ["features"] = () => new Mlp(new() { Hidden = [5, 4], Activation = Activation.Tanh }, _features),
        ["transformer"] = () => Decoder(new() { Layers = 2 }),
        ["transformer, all positions"] = () => Decoder(new() { Layers = 2, Positions = Positions.All }),
        ["transformer, post"] = () => Decoder(new() { Norm = NormPlace.Post, Bias = true }),
        ["transformer, none"] = () => Decoder(new() { Norm = NormPlace.None, Init = Normal }),
        ["transformer, as Power"] = () => Decoder(new() { Norm = NormPlace.Post, PositionCode = PositionCode.Sinusoidal, Tokens = TokenForm.Framed }),
        ["transformer, as Nanda"] = () => Decoder(new()
        {
            Layers = 1, Norm = NormPlace.None, MlpBias = true, Tokens = TokenForm.OperandsEquals, Init = new() { Kind = InitKind.Nanda },
        }),
        ["transformer, rotary"] = () => Decoder(Rotary),
        ["transformer, two tokens"] = () => Decoder(new()
        {
            Norm = NormPlace.Post, Bias = true, Causal = false, PositionCode = PositionCode.None, Tokens = TokenForm.Operands,
            UnembedBias = false, Positions = Positions.All,
        }),
        ["transformer, blocks"] = () => Decoder(Blocks with { FeatureBlocks = 3 }, _features),
    };

    private static TransformerOptions Rotary => new()
    {
        NormKind = NormKind.Rms, PositionCode = PositionCode.Rotary, RotaryBase = 100, Gated = true, Causal = false, OutputScale = 2,
    };

    private static TransformerOptions Blocks => new() { Causal = false, Pool = Pooling.Mean, Bias = true, FinalNorm = false };

    private static MlpOptions Embedded =>
        new() { Encode = OperandEncoding.Embedding, Embedding = 4, Hidden = [6], Activation = Activation.Tanh };

    private static MlpOptions Added => Embedded with { Combine = Combination.Sum };

    private static MlpOptions Deep => Added with { Hidden = [6, 6, 6], Activation = Activation.Silu, Residual = true, OutputScale = 0.5 };

    private static InitOptions Normal => new() { Kind = InitKind.Normal };

    public static TheoryData<string> Names => [.. _models.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_losses_gradients_agree_with_differences(string name)
    {
        var model = _models[name]();
        var graph = model.Build(3);
        var target = Value.Input("target", TensorType.Int64([3]));
        var point = Point(model, 3);
        point["target"] = Tensor.Of<long>([3], [0, 2, 1]);
        var loss = Graph.Of(name, [graph.Input, target, .. graph.Parameters], [new("loss", new CrossEntropy().Of(graph.Logits, target))]);
        GradientCheck.Verify(loss, point, elements: 8);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_row_scores_the_same_in_any_batch(string name)
    {
        var model = _models[name]();
        var point = Point(model, 6);
        var whole = Logits(model, point, 6);
        var rows = point[model.InputName];
        var width = rows.Bytes.Length / 6;
        var single = new Tensor(new(rows.Type.Element, rows.Shape.With(0, 1)));
        for (var row = 0; row < 6; row++)
        {
            rows.Bytes.Slice(row * width, width).CopyTo(single.Bytes);
            point[model.InputName] = single;
            Assert.Equal(whole[(row * model.Classes)..((row + 1) * model.Classes)], Logits(model, point, 1));
            point[model.InputName] = rows;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Two_batch_sizes_give_graphs_of_one_structure(string name)
    {
        // What differs may only be extents: the exporter makes them the symbolic axis.
        var model = _models[name]();
        var (small, large) = (model.Build(2).ToGraph("m"), model.Build(11).ToGraph("m"));
        Assert.Equal(
            small.Values.Select(value => (value.Op?.OpType, value.Name, value.Inputs.Length)),
            large.Values.Select(value => (value.Op?.OpType, value.Name, value.Inputs.Length)));
        Assert.Equal(Constants(small), Constants(large));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Eight_rows_are_learnt_by_heart(string name)
    {
        var model = _models[name]();
        var step = TrainStep.Of(model, 8, new AdamW(new() { LearningRate = 0.03, WeightDecay = 0 }), new CrossEntropy());
        using var session = new ReferenceEngine().Compile(step.Graph, new CompileOptions());
        foreach (var (input, tensor) in Point(model, 8)) { session.Write(input, tensor); }
        session.Write("target", Tensor.Of<long>([8], [0, 1, 2, 0, 1, 2, 0, 1]));
        session.Write("learning_rate", Tensor.Scalar(0.03f));
        var loss = new Tensor(TensorType.Float32([]));
        for (var i = 0; i < 150; i++) { session.Run(); }
        session.Read("loss", loss);
        // A linear model of two one-hot operands cannot learn every table of answers.
        Assert.InRange(loss.AsSpan<float>()[0], 0, name == "linear" ? 1.0f : 0.1f);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Probes_have_names_of_their_own_and_cost_nothing_unless_asked_for(string name)
    {
        var built = _models[name]().Build(3);
        var names = built.Names().ToArray();
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
        var computed = Topology.Of(built.Logits).ToHashSet();
        Assert.Equal(computed.Count, built.ToGraph("m").Values.Length);
        foreach (var probe in built.Probes)
        {
            var graph = built.ToGraph("m", [probe.Name]);
            Assert.Equal(probe.Build().Type, graph.OutputType(probe.Name));
            Assert.True(graph.Values.Length >= computed.Count);
        }
        Assert.Equal(names, built.ToGraph("m", names).Outputs.Skip(1).Select(output => output.Name));
    }

    [Fact]
    public void A_wide_decoder_is_built_at_batches_at_which_each_heads_output_would_be_too_large()
    {
        var wide = Decoder(new() { Layers = 2, DModel = 2048, Heads = 256, Mlp = 64 });
        Assert.Equal(2003, wide.Build(2003).Logits.Shape[0]);
    }

    [Fact]
    public void The_activations_of_a_decoder_are_called_as_transformer_lens_calls_them()
    {
        var names = Decoder(new() { Layers = 2 }).Build(3).Names().ToHashSet(StringComparer.Ordinal);
        Assert.Superset(
            new HashSet<string>
            {
                "embed", "pos_embed", "blocks.0.resid_pre", "blocks.1.resid_pre", "blocks.0.attn.q", "blocks.0.attn.k", "blocks.0.attn.v",
                "blocks.1.attn.pattern", "blocks.1.attn.z", "blocks.1.attn.result", "blocks.0.attn_out", "blocks.0.resid_mid",
                "blocks.0.mlp.pre", "blocks.0.mlp.post", "blocks.0.mlp_out", "blocks.1.resid_post", "final_norm", "pre_logits",
            }, names);
    }

    [Fact]
    public void One_hot_operands_are_looked_up_as_their_product_would_be()
    {
        var model = new Mlp(new() { Hidden = [], Init = Normal }, _modular);       // logits = [onehot(a), onehot(b)]·W + bias
        var point = Point(model, 4);
        var (weight, bias) = (point["output.weight"].AsSpan<float>().ToArray(), point["output.bias"].AsSpan<float>().ToArray());
        var operands = point["operands"].AsSpan<long>().ToArray();
        Assert.Equal(TensorShape.Create([10, 5]), point["output.weight"].Shape);
        var actual = Logits(model, point, 4);
        for (var row = 0; row < 4; row++)
        {
            var (a, b) = ((int)operands[2 * row], (int)operands[(2 * row) + 1]);
            for (var c = 0; c < 5; c++)
            {
                Assert.Equal((double)weight[(a * 5) + c] + weight[((5 + b) * 5) + c] + bias[c], actual[(row * 5) + c], 1e-12);
            }
        }
    }

    [Fact]
    public void Added_embeddings_are_multiplied_as_their_sum_in_any_order_of_operands()
    {
        var model = new Mlp(Added with { Hidden = [] }, _modular);                 // logits = (E[a] + E[b])·W + bias
        Assert.Equal(
            "embed.weight [5, 4], output.weight [4, 5], output.bias [5]",
            string.Join(", ", model.Parameters.Select(spec => $"{spec.Name} {spec.Shape}")));
        var point = Point(model, 2);
        point["operands"] = Tensor.Of<long>([2, 2], [1, 3, 3, 1]);
        var (table, weight) = (point["embed.weight"].AsSpan<float>().ToArray(), point["output.weight"].AsSpan<float>().ToArray());
        var bias = point["output.bias"].AsSpan<float>().ToArray();
        var actual = Logits(model, point, 2);
        for (var c = 0; c < 5; c++)
        {
            var sum = (double)bias[c];
            for (var i = 0; i < 4; i++) { sum += ((double)table[4 + i] + table[12 + i]) * weight[(i * 5) + c]; }
            Assert.Equal(sum, actual[c], 1e-12);
            Assert.Equal(actual[c], actual[5 + c]);
        }
    }

    [Fact]
    public void Residual_layers_add_to_what_they_read_and_the_logits_are_scaled()
    {
        var model = new Mlp(new() { Hidden = [2, 2], Activation = Activation.Square, Bias = false, Residual = true, OutputScale = 3 }, Small.Features(2, 2));
        var point = new Dictionary<string, Tensor>
        {
            ["features"] = Tensor.Of<float>([1, 2], [1, 2]), ["hidden.0.weight"] = Tensor.Of<float>([2, 2], [1, 0, 0, 1]),
            ["hidden.1.weight"] = Tensor.Of<float>([2, 2], [0, 1, 1, 0]), ["output.weight"] = Tensor.Of<float>([2, 2], [1, 0, 0, 1]),
        };
        // h₀ = (1, 4); h₁ = h₀ + (4², 1²) = (17, 5); three times that.
        Assert.Equal([51, 15], Logits(model, point, 1));
    }

    [Fact]
    public void The_last_position_alone_gives_the_same_loss_and_gradients_as_all()
    {
        var (a, b) = (StepOutputs(_models["transformer"]()), StepOutputs(_models["transformer, all positions"]()));
        Assert.Equal(a.Keys, b.Keys);
        foreach (var (name, values) in a)
        {
            var scale = Math.Max(1e-3, values.Max(Math.Abs));
            Assert.All(values.Zip(b[name]), pair => Assert.Equal(pair.First, pair.Second, 1e-12 * scale));
        }
    }

    [Fact]
    public void Nothing_before_a_token_depends_on_it()
    {
        var model = Decoder(new() { Layers = 2, Positions = Positions.All });
        var point = Point(model, 1);
        var graph = model.Build(1).ToGraph("m", ["blocks.0.attn.pattern", "blocks.0.resid_post"]);
        double[] Residual(long last)
        {
            point["tokens"] = Tensor.Of<long>([1, 4], [1, 5, 3, last]);
            using var session = Session(graph, point);
            var pattern = Read(session, "blocks.0.attn.pattern", [1, 2, 4, 4]);
            for (var head = 0; head < 2; head++)
            {
                for (var i = 0; i < 4; i++)
                {
                    for (var j = i + 1; j < 4; j++) { Assert.Equal(0, pattern[(((head * 4) + i) * 4) + j]); }
                    Assert.Equal(1, pattern[((head * 4) + i) * 4], 1 - 1e-9);      // the first token is always seen
                }
            }
            return Read(session, "blocks.0.resid_post", [1, 4, 8]);
        }
        var (six, zero) = (Residual(6), Residual(0));
        Assert.Equal(six[..24], zero[..24]);
        Assert.NotEqual(six[24..], zero[24..]);
    }

    [Fact]
    public void Parameters_have_documented_names_and_shapes()
    {
        string Text(Model model) => string.Join("\n", model.Parameters.Select(spec => $"{spec.Name} {spec.Shape}"));
        Assert.Equal("hidden.0.weight [10, 8]\noutput.weight [8, 5]", Text(_models["quadratic"]()));
        Assert.Equal(
            "embed.weight [5, 4]\nhidden.0.weight [8, 6]\nhidden.0.bias [6]\noutput.weight [6, 5]\noutput.bias [5]",
            Text(_models["embedding"]()));
        Assert.Equal(
            """
            embed.weight [7, 8]
            pos.weight [4, 8]
            blocks.0.norm1.weight [8]
            blocks.0.norm1.bias [8]
            blocks.0.attn.q.weight [8, 8]
            blocks.0.attn.k.weight [8, 8]
            blocks.0.attn.v.weight [8, 8]
            blocks.0.attn.o.weight [8, 8]
            blocks.0.norm2.weight [8]
            blocks.0.norm2.bias [8]
            blocks.0.mlp.in.weight [8, 12]
            blocks.0.mlp.out.weight [12, 8]
            final_norm.weight [8]
            final_norm.bias [8]
            unembed.weight [8, 5]
            """, Text(Decoder(new() { Layers = 1 })));
        Assert.Equal(
            ["embed", "blocks.0.attn.q", "blocks.0.attn.k", "blocks.0.attn.pattern", "blocks.0.attn.v", "blocks.0.attn.z",
                "blocks.0.attn_out", "blocks.0.resid_mid", "blocks.0.mlp.pre", "blocks.0.mlp.post", "blocks.0.mlp_out",
                "blocks.0.resid_post", "final_norm"],
            Decoder(new() { Layers = 1 }).Build(2).Activations().Select(value => value.Name));
        Assert.Equal(
            ["hidden.0.pre", "hidden.0", "hidden.1.pre", "hidden.1"],
            _models["features"]().Build(2).Activations().Select(value => value.Name));
    }

    [Fact]
    public void The_paper_s_transformer_has_its_number_of_parameters()
    {
        // Power et al.: 394,240 outside of embeddings in two blocks with normalisation after each part and no biases.
        var facts = _modular with { OperandValues = 97, Classes = 97 };
        var model = new Transformer(new() { Norm = NormPlace.Post }, facts);
        var blocks = model.Parameters.Where(spec => spec.Name.StartsWith("blocks.", StringComparison.Ordinal));
        Assert.Equal(394_240, blocks.Sum(spec => spec.Shape.Count));
        // The code: 239 tokens to embed and to answer with, and no positions to train: 455,424 in all.
        var code = new Transformer(
            new() { Norm = NormPlace.Post, PositionCode = PositionCode.Sinusoidal, Tokens = TokenForm.Framed },
            _modular with { OperandValues = 236, Classes = 239 });
        Assert.Equal(455_424, code.ParameterCount());
    }

    [Fact]
    public void First_values_follow_their_rule_and_the_seed()
    {
        var facts = _modular with { OperandValues = 97, Classes = 97 };
        static (double Largest, double Deviation) Spread(Tensor tensor)
        {
            var values = tensor.AsSpan<float>().ToArray();
            return (values.Max(Math.Abs), Math.Sqrt(values.Average(value => (double)value * value)));
        }
        var torch = new Mlp(new() { Init = new() { Scale = 8 } }, facts).Initialize(new Seed(1));
        var bound = 8 / Math.Sqrt(194);
        Assert.InRange(Spread(torch["hidden.0.weight"]).Largest, 0.99 * bound, bound);
        Assert.InRange(Spread(torch["hidden.0.bias"]).Largest, 0.8 * bound, bound);
        Assert.InRange(Spread(torch["output.weight"]).Largest, 0.99 * 8 / Math.Sqrt(128), 8 / Math.Sqrt(128));
        var normal = new Mlp(new() { Init = new() { Kind = InitKind.Normal, Scale = 3 } }, facts).Initialize(new Seed(1));
        Assert.InRange(Spread(normal["hidden.0.weight"]).Deviation, 0.97 * 3 / Math.Sqrt(2), 1.03 * 3 / Math.Sqrt(2));
        Assert.InRange(Spread(normal["output.weight"]).Deviation, 0.97 * 3 / Math.Sqrt(128), 1.03 * 3 / Math.Sqrt(128));
        Assert.Equal(0, Spread(normal["output.bias"]).Largest);
        var fixedWidth = new Mlp(new() { Init = new() { Kind = InitKind.Fixed, Scale = 0.05 } }, facts).Initialize(new Seed(1));
        Assert.InRange(Spread(fixedWidth["output.weight"]).Deviation, 0.049, 0.051);
        var half = new TableInitOptions { Distribution = Distribution.Uniform, Scale = 0.5 };
        var table = new Mlp(Embedded with { Init = new() { Scale = 8, Embedding = half } }, facts).Initialize(new Seed(1));
        Assert.InRange(Spread(table["embed.weight"]).Largest, 0.49, 0.5);
        Assert.InRange(Spread(table["embed.weight"]).Deviation, 0.27, 0.31);               // 1/√12 = 0.289
        Assert.InRange(Spread(table["hidden.0.weight"]).Largest, 0.8 * 8 / Math.Sqrt(8), 8 / Math.Sqrt(8));
        var other = new Mlp(new() { Init = new() { Scale = 8 } }, facts).Initialize(new Seed(2));
        Assert.NotEqual(torch["hidden.0.weight"].Bytes.ToArray(), other["hidden.0.weight"].Bytes.ToArray());
        var wider = new Mlp(new() { Init = new() { Scale = 8 }, Hidden = [128, 16] }, facts).Initialize(new Seed(1));
        Assert.Equal(torch["hidden.0.weight"].Bytes.ToArray(), wider["hidden.0.weight"].Bytes.ToArray());
    }

    [Fact]
    public void A_model_that_does_not_fit_the_dataset_says_so()
    {
        var encoded = Assert.Throws<GrokException>(() => new Mlp(new() { Encode = OperandEncoding.Onehot }, _features));
        Assert.Contains("6 features", encoded.Problem);
        Assert.Contains("this dataset has none", Assert.Throws<GrokException>(() => new Transformer(new(), _features)).Problem);
        var unknown = Assert.Throws<GrokException>(() => _models["features"]().Build(1).ToGraph("m", ["hiden.0"]));
        Assert.Contains("Did you mean 'hidden.0'?", unknown.Problem);
    }

    [Fact]
    public void Options_name_what_is_wrong_with_them()
    {
        Assert.Equal(["fixed_readout", "gaussian_process", "linear", "mlp", "transformer"], Model.All.Names);
        static string[] Named(IOptions options) => [.. options.Problems().Select(problem => problem.Option)];
        Assert.Equal(["embedding", "hidden"], Named(new MlpOptions { Embedding = 0, Hidden = [4, -1] }));
        Assert.Equal(["layers", "heads", "mlp"], Named(new TransformerOptions { Layers = 0, Heads = 3, Mlp = 0 }));
        Assert.Equal(["weights"], Named(new LinearOptions { Weights = [1, double.NaN] }));
        Assert.Equal(
            ["width", "epsilon", "scale", "deviation"],
            Named(new FixedReadoutOptions { Width = 0, Epsilon = -1, Scale = 0, Deviation = double.NaN }));
        Assert.Equal(["scale"], Named(new InitOptions { Scale = double.NaN }));
        Assert.Equal(["scale"], Named(new TableInitOptions { Scale = 0 }));
        Assert.Equal(["combine"], Named(new MlpOptions { Combine = Combination.Sum }));
        Assert.Equal(["combine"], Named(Added with { Encode = OperandEncoding.Onehot }));
        Assert.Empty(Named(Added));
        Assert.Equal(["residual"], Named(new MlpOptions { Residual = true }));
        Assert.Equal(["residual", "output_scale"], Named(new MlpOptions { Residual = true, Hidden = [4, 5], OutputScale = 0 }));
        Assert.Empty(Named(Deep));
    }

    private static Transformer Decoder(TransformerOptions options, DatasetFacts? facts = null) =>
        new(options with { DModel = 8, Heads = 2, Mlp = 12, Activation = Activation.Gelu }, facts ?? _modular);

    private static IEnumerable<Op?> Constants(Graph graph) => graph.Values.Select(value => value.Op).Where(op => op is Constant or Fill);

    // Parameters as drawn, moved a little so that gains and biases matter, and rows.
    private static Dictionary<string, Tensor> Point(Model model, int rows)
    {
        var point = model.Initialize(new Seed(4)).ToDictionary(pair => pair.Key, pair => pair.Value);
        var stream = new Seed(9).Stream();
        foreach (var tensor in point.Values)
        {
            foreach (ref var value in tensor.AsSpan<float>()) { value += (float)(0.1 * stream.NextNormal()); }
        }
        var input = model.Build(rows).Input;
        var data = new Tensor(input.Type);
        if (input.Type.Element == ElementType.Float32)
        {
            foreach (ref var value in data.AsSpan<float>()) { value = (float)stream.NextNormal(); }
        }
        else
        {
            var ids = data.AsSpan<long>();
            var columns = RowEncoding.KnownColumns(model.InputName, _modular);
            for (var row = 0; row < rows; row++)
            {
                var (a, b) = (row % 5, (row + (2 * (row / 5))) % 5);           // no pair twice below 25 rows
                var operands = new Queue<long>([a, b]);
                foreach (var known in columns)
                {
                    ids[0] = known ?? operands.Dequeue();
                    ids = ids[1..];
                }
            }
        }
        point[model.InputName] = data;
        return point;
    }

    private static double[] Logits(Model model, Dictionary<string, Tensor> point, int rows)
    {
        using var session = Session(model.Build(rows).ToGraph("m"), point);
        return Read(session, "logits", [rows, model.Classes]);
    }

    private static ISession Session(Graph graph, Dictionary<string, Tensor> point)
    {
        var session = new ReferenceEngine(ElementType.Float64).Compile(graph, new CompileOptions());
        foreach (var (name, tensor) in point) { session.Write(name, tensor); }
        session.Run();
        return session;
    }

    private static double[] Read(ISession session, string name, TensorShape shape)
    {
        var tensor = new Tensor(new(ElementType.Float64, shape));
        session.Read(name, tensor);
        return tensor.AsSpan<double>().ToArray();
    }

    // With plain descent the new parameter minus the old one is the gradient.
    private static Dictionary<string, double[]> StepOutputs(Model model)
    {
        var step = TrainStep.Of(model, 4, new Sgd(new()), new CrossEntropy());
        var point = Point(model, 4);
        point["target"] = Tensor.Of<long>([4], [0, 1, 2, 3]);
        point["learning_rate"] = Tensor.Scalar(1f);
        using var session = Session(step.Graph, point);
        var outputs = new Dictionary<string, double[]>();
        foreach (var name in (string[])["loss", "gradient_norm"]) { outputs[name] = Read(session, name, []); }
        foreach (var spec in model.Parameters)
        {
            var after = Read(session, spec.Name, spec.Shape);
            outputs[spec.Name] = [.. after.Zip(point[spec.Name].AsSpan<float>().ToArray(), (b, a) => b - a)];
        }
        return outputs;
    }
}
