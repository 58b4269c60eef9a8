using System.Collections.Immutable;
using GrokPipeline.Data;
using GrokPipeline.Data.Generators;
using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training;
using GrokPipeline.Training.Layers;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Models;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Engines.Tests.Science;

/// <summary>The same training, step graph and all, on two engines that share no kernel.</summary>
public sealed class TrainingOnEnginesTests
{
    private static readonly Dictionary<string, Func<DatasetFacts, Model>> _models = new()
    {
        ["onehot relu"] = facts => new Mlp(new() { Hidden = [64, 32] }, facts),
        ["quadratic"] = facts => new Mlp(
            new() { Hidden = [64], Activation = Activation.Square, Bias = false, Init = new() { Kind = InitKind.Normal } }, facts),
        ["embedding"] = facts => new Mlp(
            new() { Encode = OperandEncoding.Embedding, Embedding = 24, Hidden = [48], Activation = Activation.Tanh }, facts),
        ["embedding, added"] = facts => new Mlp(
            new() { Encode = OperandEncoding.Embedding, Embedding = 3, Combine = Combination.Sum, Hidden = [48, 48] }, facts),
        ["features"] = facts => new Mlp(new() { Hidden = [48, 48], Init = new() { Scale = 8 } }, facts),
        ["decoder, norm before"] = facts => new Transformer(new() { DModel = 32, Mlp = 64, Activation = Activation.Gelu }, facts),
        ["decoder, norm after"] = facts => new Transformer(
            new() { Layers = 1, DModel = 32, Mlp = 64, Norm = NormPlace.Post, Bias = true, Positions = Positions.All }, facts),
        ["decoder, no norm"] = facts => new Transformer(
            new() { Layers = 1, DModel = 32, Mlp = 64, Norm = NormPlace.None, Init = new() { Kind = InitKind.Normal } }, facts),
        ["decoder of Power"] = facts => new Transformer(
            new() { DModel = 32, Mlp = 64, Norm = NormPlace.Post, PositionCode = PositionCode.Sinusoidal, Tokens = TokenForm.Framed }, facts),
        ["decoder of mlx"] = facts => new Transformer(
            new()
            {
                DModel = 32, Heads = 1, Mlp = 64, NormKind = NormKind.Rms, PositionCode = PositionCode.Rotary, Gated = true,
                Activation = Activation.Silu,
            }, facts),
        ["two tokens"] = facts => new Transformer(
            new()
            {
                Layers = 1, DModel = 32, Mlp = 64, Norm = NormPlace.Post, Bias = true, Causal = false, PositionCode = PositionCode.None,
                Tokens = TokenForm.Operands,
            }, facts),
        ["blocks of features"] = facts => new Transformer(
            new()
            {
                FeatureBlocks = 9, DModel = 32, Mlp = 64, Bias = true, Causal = false, Pool = Pooling.Mean, Activation = Activation.Gelu,
            }, facts),
        ["residual"] = facts => new Mlp(new() { Hidden = [32, 32, 32], Residual = true, Activation = Activation.Silu, OutputScale = 0.5 }, facts),
    };

    private static readonly Dictionary<string, Loss> _losses = new()
    {
        ["cross_entropy"] = new CrossEntropy(),
        ["squared_error"] = new SquaredError(),
        ["cross_entropy in float64"] = new CrossEntropy(LossPrecision.Float64),
        ["hinge"] = new Hinge(),
        ["stablemax"] = new StableMax(),
    };

    private static readonly Dictionary<string, Optimizer> _optimizers = new()
    {
        ["adamw"] = new AdamW(new() { LearningRate = 3e-3 }),
        ["adamw, groups"] = new AdamW(new() { LearningRate = 3e-3, Groups = Fast("embed").Add("*.bias", new() { WeightDecay = 0 }) }),
        ["adam"] = new Adam(new() { LearningRate = 3e-3, L2 = 3e-4 }),
        ["sgd"] = new Sgd(new() { LearningRate = 0.02, Momentum = 0.9, L2 = 1e-4 }),
    };

    public static TheoryData<string, string, string> Cases => new()
    {
        { "onehot relu", "adamw", "cross_entropy" },
        { "quadratic", "adamw", "squared_error" },
        { "quadratic", "sgd", "cross_entropy" },
        { "embedding", "adam", "cross_entropy" },
        { "embedding, added", "adamw, groups", "cross_entropy" },
        { "features", "adam", "cross_entropy" },
        { "decoder, norm before", "adamw", "cross_entropy" },
        { "decoder, norm after", "adam", "cross_entropy" },
        { "decoder, no norm", "sgd", "squared_error" },
        { "decoder of Power", "adamw", "cross_entropy" },
        { "decoder of mlx", "adamw", "stablemax" },
        { "two tokens", "adam", "stablemax" },
        { "blocks of features", "adam", "cross_entropy" },
        { "residual", "sgd", "hinge" },
        { "onehot relu", "adamw", "cross_entropy in float64" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fifty_steps_have_the_same_losses_to_a_thousandth(string model, string optimizer, string loss)
    {
        var data = model is "features" or "blocks of features" ? Experiment.Gaussian(Geometry.Equidistant, 120, 1, 0.2, 5) : Experiment.Addition(17, 0.5, 5);
        var plan = Experiment.Plan(data, 5) with
        {
            Model = _models[model](data.Facts),
            Optimizer = _optimizers[optimizer],
            Loss = _losses[loss],
            Steps = 50,
            Evaluate = new EvaluationSchedule(25),
        };
        var (simd, onnx) = (Records(plan, new SimdEngine()), Records(plan, new OnnxRuntimeEngine()));
        Assert.Equal(51, simd.Count);
        foreach (var (a, b) in simd.Zip(onnx).Skip(1))
        {
            Assert.Equal(b.Loss!.Value, a.Loss!.Value, 1e-3 * b.Loss.Value);
            Assert.Equal(b.GradientNorm!.Value, a.GradientNorm!.Value, 5e-3 * b.GradientNorm.Value);
        }
        Assert.Equal(onnx[50].Evaluation!.WeightNorm, simd[50].Evaluation!.WeightNorm, 1e-4 * onnx[50].Evaluation!.WeightNorm);
        Assert.True(simd[50].Loss < simd[1].Loss);
    }

    public static TheoryData<IEngine> Engines => [new ReferenceEngine(), new SimdEngine(), new OnnxRuntimeEngine()];

    [Theory]
    [MemberData(nameof(Engines), DisableDiscoveryEnumeration = true)]
    public void In_float64_the_gradient_of_a_sure_answer_is_what_the_others_take_from_it(IEngine engine)
    {
        var (logits, target) = (Value.Input("logits", TensorType.Float32([1, 9])), Value.Input("target", TensorType.Int64([1])));
        float[] Gradient(Loss loss)
        {
            var graph = Graph.Of("loss", [logits, target], [new("gradient", Gradients.Of(loss.Of(logits, target), [logits])[0])]);
            using var session = engine.Compile(graph, new CompileOptions { Threads = 1 });
            session.Write("logits", Tensor.Of<float>([1, 9], [30, 0, 0, 0, 0, 0, 0, 0, 0]));
            session.Write("target", Tensor.Of<long>([1], [0]));
            session.Run();
            var gradient = new Tensor(TensorType.Float32([1, 9]));
            session.Read("gradient", gradient);
            return gradient.AsSpan<float>().ToArray();
        }
        Assert.Equal(0, Gradient(new CrossEntropy())[0], 1e-7f);                  // a rounding error of 1 at most: what is left is noise
        var wide = Gradient(new CrossEntropy(LossPrecision.Float64));
        Assert.Equal(-8 * Math.Exp(-30), wide[0], 3e-3 * 8 * Math.Exp(-30));
        Assert.All(wide[1..], share => Assert.Equal(Math.Exp(-30), share, 1e-5 * Math.Exp(-30)));
    }

    private static ImmutableSortedDictionary<string, DecayGroupOptions> Fast(string group) =>
        ImmutableSortedDictionary<string, DecayGroupOptions>.Empty.Add(group, new() { LearningRate = 1e-2, WeightDecay = 0 });

    private static List<StepRecord> Records(TrainingPlan plan, IEngine engine)
    {
        using var trainer = new Trainer(plan, graph => engine.Compile(graph, new CompileOptions { Threads = 1 }));
        return [.. trainer.Run()];
    }
}
