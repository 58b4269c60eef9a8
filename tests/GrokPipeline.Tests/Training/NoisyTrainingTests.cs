using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Tests.Training;

/// <summary>Numbers that the host draws for each step: noise on weights and updates, masks, jiggle.</summary>
public sealed class NoisyTrainingTests
{
    private static readonly NoiseOptions _weights = new() { Weights = 0.05 };
    private static readonly MuonOptions _windowed = new() { Gradient = new() { GrokfastMa = new() { Window = 3 } }, Clamp = new() };

    private static Transformer Decoder(DatasetFacts facts) =>
        new(new TransformerOptions { Layers = 1, DModel = 8, Heads = 2, Mlp = 12 }, facts);

    private static TrainingPlan Plan(string kind, long steps) => kind switch
    {
        "weights" => Small.Plan(Small.Modular(), Small.Mlp, steps, batch: 8) with { Noise = _weights },
        "dropout" => Small.Plan(Small.Modular(), Decoder, steps) with { Noise = new() { Dropout = 0.3 } },
        "jiggle" => Small.Plan(Small.Modular(), Small.Mlp, steps, new AdamW(new() { LearningRate = 0.01, Decay = DecayKind.Jiggle })),
        "to_init" => Small.Plan(
            Small.Modular(), Small.Mlp, steps,
            new AdamW(new() { Decay = DecayKind.ToInit, UpdateNoise = 0.2, Clamp = new() { Of = ClampScope.Tensor } })),
        _ => Small.Plan(Small.Modular(), Small.Mlp, steps, new Muon(_windowed)) with { Noise = _weights },
    };

    [Theory]
    [InlineData("weights")]
    [InlineData("dropout")]
    [InlineData("jiggle")]
    [InlineData("to_init")]
    [InlineData("muon")]
    public void A_resumed_training_ends_with_the_same_bytes(string kind)
    {
        var plan = Plan(kind, 17);
        using var whole = new Trainer(plan, Small.Reference);
        Assert.Equal(18, whole.Run().Count());
        TrainingState state;
        using (var first = new Trainer(plan, Small.Reference))
        {
            Assert.Equal(10, first.Run().Take(10).Count());
            state = TrainingState.Read(new MemoryStream(first.Snapshot().Bytes()), "state");
        }
        using var second = new Trainer(plan, Small.Reference);
        Assert.Equal(8, second.Run(state).Count());
        Assert.Equal(whole.Snapshot().Bytes(), second.Snapshot().Bytes());
        using var other = new Trainer(plan with { Seed = new Seed(12) }, Small.Reference);
        Assert.Equal(18, other.Run().Count());
        Assert.NotEqual(whole.Snapshot().Bytes(), other.Snapshot().Bytes());
    }

    [Fact]
    public void A_step_with_noisy_weights_has_loss_and_gradient_of_the_noisy_weights()
    {
        var model = Small.Mlp(Small.Modular().Facts);
        var step = TrainStep.Of(model, 29, new Sgd(new() { LearningRate = 1 }), new CrossEntropy(), noise: _weights);
        var plain = TrainStep.Of(model, 29, new Sgd(new() { LearningRate = 1 }), new CrossEntropy());
        var first = model.Initialize(new Seed(4));
        var noise = step.Fed.ToDictionary(input => input.Name, input => Filled(input.Type.Shape, new Seed(5).Derive(input.Name), 1));
        Assert.Equal(first.Keys.Select(name => $"{name}.weight_noise"), noise.Keys.Order(StringComparer.Ordinal));
        var moved = first.ToDictionary(pair => pair.Key, pair => Sum(pair.Value, noise[$"{pair.Key}.weight_noise"], 0.05f));
        using var noisy = Session(step, first);
        foreach (var (name, tensor) in noise) { noisy.Write(name, tensor); }
        using var clean = Session(plain, moved);
        noisy.Run();
        clean.Run();
        Assert.Equal(Read(clean, "loss", [])[0], Read(noisy, "loss", [])[0], 1e-5f);
        foreach (var spec in model.Parameters)
        {
            var (a, b) = (Read(noisy, $"{spec.Name}'", spec.Shape), Read(clean, $"{spec.Name}'", spec.Shape));
            for (var i = 0; i < a.Length; i++)
            {
                Assert.Equal(b[i] - moved[spec.Name].AsSpan<float>()[i], a[i] - first[spec.Name].AsSpan<float>()[i], 1e-5f);
            }
        }
    }

    [Fact]
    public void Dropped_values_are_where_they_are_asked_for_and_the_others_are_divided_by_what_is_left()
    {
        var model = Decoder(Small.Modular().Facts);
        var step = TrainStep.Of(model, 6, new Sgd(new()), new CrossEntropy(), noise: new() { Dropout = 0.3 });
        string[] both = ["blocks.0.attn_out.mask", "blocks.0.mlp_out.mask"];
        Assert.Equal(both, step.Fed.Select(input => input.Name).Order(StringComparer.Ordinal));
        var code = TrainStep.Of(model, 6, new Sgd(new()), new CrossEntropy(), noise: new() { Dropout = 0.3, DropoutAt = ["*mlp_out"] });
        Assert.Equal(["blocks.0.mlp_out.mask"], code.Fed.Select(input => input.Name));
        var host = new HostInputs([new("m", TensorType.Float32([100, 100]), FedKind.Mask, "", 0.3)], new Seed(1), NotNeeded);
        var (a, b) = (new Kept(), new Kept());
        host.Feed(a, 3);
        host.Feed(b, 4);
        Assert.Equal([0, 1 / 0.7f], a.Values.Distinct().Order());
        Assert.InRange(a.Values.Count(value => value == 0), 2_800, 3_200);
        Assert.InRange(a.Values.Zip(b.Values).Count(pair => pair is (0, 0)), 700, 1_100);              // 0.09 of them: independent
        host.Feed(b, 3);
        Assert.Equal(a.Values, b.Values);
    }

    [Fact]
    public void Normal_numbers_have_mean_0_and_deviation_1_and_steps_share_none()
    {
        var host = new HostInputs([new("n", TensorType.Float32([9_999]), FedKind.Normal)], new Seed(1), NotNeeded);
        var (a, b) = (new Kept(), new Kept());
        host.Feed(a, 0);
        host.Feed(b, 1);
        Assert.InRange(a.Values.Average(), -0.04, 0.04);
        Assert.InRange(a.Values.Average(value => value * value), 0.95, 1.05);
        Assert.Empty(a.Values.Intersect(b.Values));
    }

    [Fact]
    public void Scores_have_no_noise()
    {
        var plan = Plan("weights", 1) with { Noise = new() { Weights = 3 } };
        var (loud, quiet) = (Small.Train(plan), Small.Train(plan with { Noise = null }));
        Assert.Equal(quiet[0].Evaluation!["validation"], loud[0].Evaluation!["validation"]);
        Assert.NotEqual(quiet[1].Loss, loud[1].Loss);
    }

    [Fact]
    public void What_the_host_writes_allocates_nothing()
    {
        var inputs = Plan("dropout", 1);
        var step = TrainStep.Of(
            inputs.Model, 6, new AdamW(new() { UpdateNoise = 0.1 }), new CrossEntropy(), noise: new() { Dropout = 0.1, Weights = 0.1 });
        var host = new HostInputs(step.Fed, new Seed(1), () => inputs.Model.Initialize(new Seed(1)));
        var sink = new Sink();
        var least = long.MaxValue;                                      // the runtime may allocate while it compiles, ours does every time
        for (var attempt = 0; attempt < 20 && least > 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var t = 0; t < 20; t++) { host.Feed(sink, t); }
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
        Assert.Equal(0, sink.Writes % (20 * step.Fed.Length));
    }

    [Fact]
    public void Options_name_what_is_wrong_with_them()
    {
        Assert.Equal(["weights"], new NoiseOptions().Problems().Select(problem => problem.Option));
        Assert.Equal(["weights", "dropout"], new NoiseOptions { Weights = -1, Dropout = 1 }.Problems().Select(problem => problem.Option));
        var error = Assert.Throws<GrokException>(() => new NoiseOptions { Dropout = 0.1 }.Check(Small.Mlp(Small.Modular().Facts)));
        Assert.Contains("has no activation '*attn_out' to drop values of", error.Message, StringComparison.Ordinal);
        Assert.Contains("hidden.0", error.Message, StringComparison.Ordinal);
    }

    private static ISession Session(TrainStep step, IReadOnlyDictionary<string, Tensor> parameters)
    {
        var session = Small.Reference(step.Graph);
        var rows = EncodedRows.Of(Small.Plan(Small.Modular(), Small.Mlp, 1));
        foreach (var (name, tensor) in parameters) { session.Write(name, tensor); }
        session.Write(step.Model.InputName, rows.Inputs);
        session.Write("target", rows.Targets);
        session.Write("learning_rate", Tensor.Scalar(1f));
        session.Write("l2", Tensor.Scalar(0f));
        return session;
    }

    private static float[] Read(ISession session, string name, TensorShape shape)
    {
        var tensor = new Tensor(TensorType.Float32(shape));
        session.Read(name, tensor);
        return tensor.AsSpan<float>().ToArray();
    }

    private static ImmutableSortedDictionary<string, Tensor> NotNeeded() => throw new InvalidOperationException();

    private static Tensor Filled(TensorShape shape, Seed seed, double scale) =>
        new Initializer(Distribution.Normal, scale).Draw(shape, seed);

    private static Tensor Sum(Tensor a, Tensor b, float factor)
    {
        var sum = new Tensor(a.Type);
        var (x, y) = (a.AsSpan<float>().ToArray(), b.AsSpan<float>().ToArray());
        for (var i = 0; i < x.Length; i++) { sum.AsSpan<float>()[i] = x[i] + (y[i] * factor); }
        return sum;
    }

    private sealed class Kept : ISession
    {
        public float[] Values { get; private set; } = [];

        public void Write(string input, Tensor tensor) => Values = tensor.AsSpan<float>().ToArray();

        public void Run() => throw new InvalidOperationException();

        public void Read(string output, Tensor tensor) => throw new InvalidOperationException();

        public void Dispose()
        {
        }
    }

    private sealed class Sink : ISession
    {
        public int Writes { get; private set; }

        public void Write(string input, Tensor tensor) => Writes++;

        public void Run() => throw new InvalidOperationException();

        public void Read(string output, Tensor tensor) => throw new InvalidOperationException();

        public void Dispose()
        {
        }
    }
}
