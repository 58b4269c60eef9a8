using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Testing;
using GrokPipeline.Training;
using GrokPipeline.Training.Layers;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Tests.Training;

/// <summary>Decoders whose answers are several tokens.</summary>
public sealed class SequenceModelTests
{
    private static readonly Lists _lists = new(new() { Values = 4 });

    private static readonly Dictionary<string, TransformerOptions> _options = new()
    {
        ["pre"] = Small2(new() { Layers = 2 }),
        ["pre, all positions"] = Small2(new() { Layers = 2, Positions = Positions.All }),
        ["post, bias"] = Small2(new() { Norm = NormPlace.Post, Bias = true }),
        ["one block"] = Small2(new() { Layers = 1, Norm = NormPlace.None }),
    };

    public static TheoryData<string> Names => [.. _options.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_losses_gradients_agree_with_differences(string name)
    {
        var model = Model(name);
        Assert.Equal(TensorType.Float32([3, 3, 5]), model.Build(3).Logits.Type);
        var (graph, target) = (model.Build(3), Value.Input("target", model.TargetType(3)));
        var cost = new CrossEntropy().OfAnswers(graph.Logits, target);
        var loss = Graph.Of(name, [graph.Input, target, .. graph.Parameters], [new("loss", cost)]);
        GradientCheck.Verify(loss, Point(model, [5, 27, 54]), elements: 6);
    }

    [Theory]
    [InlineData("cross_entropy")]
    [InlineData("squared_error")]
    public void The_loss_is_the_mean_over_positions_and_rows_as_it_is_logged(string kind)
    {
        var (model, loss) = (Model("pre"), kind == "cross_entropy" ? (Loss)new CrossEntropy() : new SquaredError());
        int[] rows = [5, 27, 54, 63];
        var point = Point(model, rows);
        var logits = Run(model.Build(4).ToGraph("m"), point, "logits", [4, 3, 5]);
        var mean = 0.0;
        for (var i = 0; i < 12; i++)
        {
            float[] own = [.. logits[(i * 5)..((i + 1) * 5)].Select(logit => (float)logit)];
            mean += loss.OfRow(own, (int)point["target"].AsSpan<long>()[i]) / 12;
        }
        var step = TrainStep.Of(model, 4, new Sgd(new()), loss);
        point["learning_rate"] = Tensor.Scalar(0f);
        Assert.Equal(mean, Run(step.Graph, point, "loss", [])[0], 1e-6);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_row_scores_the_same_in_any_batch_and_sees_nothing_to_its_right(string name)
    {
        var model = Model(name);
        var whole = Run(model.Build(3).ToGraph("m"), Point(model, [5, 27, 54]), "logits", [3, 3, 5]);
        var alone = Run(model.Build(1).ToGraph("m"), Point(model, [27]), "logits", [1, 3, 5]);
        Assert.Equal(whole[15..30], alone);
        var changed = Point(model, [27]);
        changed["tokens"].AsSpan<long>()[^1] ^= 1;                                // the second token of the answer is read third
        var other = Run(model.Build(1).ToGraph("m"), changed, "logits", [1, 3, 5]);
        Assert.Equal(alone[..10], other[..10]);
        Assert.NotEqual(alone[10..], other[10..]);
    }

    [Theory]
    [InlineData("pre", "pre, all positions")]
    public void The_answers_positions_alone_give_the_same_logits_as_all(string some, string all)
    {
        var point = Point(Model(some), [5, 27, 54]);
        var (a, b) = (Run(Model(some).Build(3).ToGraph("m"), point, "logits", [3, 3, 5]),
            Run(Model(all).Build(3).ToGraph("m"), point, "logits", [3, 3, 5]));
        Assert.All(a.Zip(b), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Shared_work_changes_no_loss_and_no_step(string name)
    {
        var model = Model(name);
        var rows = Enumerable.Range(0, 40).ToArray();
        var point = Point(model, rows);
        point["learning_rate"] = Tensor.Scalar(1f);
        var (shared, plain) = (TrainStep.Of(model, 40, new Sgd(new()), new CrossEntropy()),
            TrainStep.Of(model, 40, new Sgd(new()), new CrossEntropy(), shareRows: false));
        foreach (var (output, shape) in model.Parameters.Select(spec => (spec.Name, spec.Shape)).Append(("loss", [])))
        {
            var (a, b) = (Run(shared.Graph, point, output, shape), Run(plain.Graph, point, output, shape));
            Assert.All(a.Zip(b), pair => Assert.Equal(pair.First, pair.Second, 1e-10));
        }
    }

    [Fact]
    public void Two_batch_sizes_give_graphs_of_one_structure()
    {
        var (small, large) = (Model("pre").Build(2).ToGraph("m"), Model("pre").Build(11).ToGraph("m"));
        Assert.Equal(
            small.Values.Select(value => (value.Op?.OpType, value.Name, value.Inputs.Length)),
            large.Values.Select(value => (value.Op?.OpType, value.Name, value.Inputs.Length)));
    }

    [Fact]
    public void A_row_counts_as_right_when_every_token_is()
    {
        var data = DatasetBuilder.Build(Data.SequenceDatasetTests.Lists(new() { Op = ListOperation.Copy, Values = 3, Length = 2 }));
        var plan = Small.Plan(data, facts => new Transformer(Small2(new() { Layers = 1 }), facts), steps: 60);
        using var trainer = new Trainer(plan, Small.Reference);
        var last = trainer.Run().Last();
        var (parameters, train) = (trainer.Snapshot().Parameters, data.Splits["train"]);
        var point = parameters.ToDictionary(pair => pair.Key, pair => pair.Value);
        point["tokens"] = RowEncoding.Input("tokens", train, data.Facts);
        var logits = Run(plan.Model.Build(train.Rows).ToGraph("m"), point, "logits", [train.Rows, 2, 4]);
        var targets = RowEncoding.Target(train, data.Facts).AsSpan<long>().ToArray();
        var right = Enumerable.Range(0, train.Rows).Count(row => Enumerable.Range(2 * row, 2).All(
            at => logits[(at * 4)..((at + 1) * 4)].Index().MaxBy(pair => pair.Item).Index == targets[at]));
        Assert.Equal(right, last.Evaluation!["train"]!.Value.Correct);
        Assert.Equal(train.Rows, last.Evaluation!["train"]!.Value.Rows);
    }

    [Fact]
    public void A_network_of_one_answer_refuses_several()
    {
        var error = Assert.Throws<GrokException>(() => new Mlp(new(), _lists.Facts));
        Assert.Equal("An mlp gives one token; the answers of this dataset have 3.", error.Problem);
        Assert.Equal("Use 'kind: transformer'.", error.Remedy);
    }

    [Fact]
    public void A_decoder_that_would_see_the_answer_is_refused()
    {
        foreach (var options in (TransformerOptions[])[new() { Causal = false }, new() { Pool = Pooling.Mean }])
        {
            Assert.Contains("has 3 tokens", Assert.Throws<GrokException>(() => new Transformer(options, _lists.Facts)).Problem);
        }
        var tokens = new TransformerOptions { Tokens = TokenForm.OperandsEquals };
        Assert.Equal("Leave 'tokens' out.", Assert.Throws<GrokException>(() => new Transformer(tokens, _lists.Facts)).Remedy);
    }

    private static TransformerOptions Small2(TransformerOptions options) =>
        options with { DModel = 8, Heads = 2, Mlp = 12, Activation = Activation.Gelu };

    private static Transformer Model(string name) => new(_options[name], _lists.Facts);

    private static Dictionary<string, Tensor> Point(Model model, int[] rows)
    {
        var point = model.Initialize(new Seed(4)).ToDictionary(pair => pair.Key, pair => pair.Value);
        var table = _lists.All.Select(rows);
        point["tokens"] = RowEncoding.Input("tokens", table, _lists.Facts);
        point["target"] = RowEncoding.Target(table, _lists.Facts);
        return point;
    }

    private static double[] Run(Graph graph, Dictionary<string, Tensor> point, string output, TensorShape shape)
    {
        using var session = new ReferenceEngine(ElementType.Float64).Compile(graph, new CompileOptions());
        foreach (var input in graph.Inputs) { session.Write(input.Name!, point.GetValueOrDefault(input.Name!, new Tensor(input.Type))); }
        session.Run();
        var tensor = new Tensor(new(ElementType.Float64, shape));
        session.Read(output, tensor);
        return tensor.AsSpan<double>().ToArray();
    }
}
