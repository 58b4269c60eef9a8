using GrokPipeline.Data;
using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Testing;
using GrokPipeline.Training;
using GrokPipeline.Training.Losses;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Engines.Tests.OnnxRuntime;

public sealed class TrainingAgreementTests
{
    private const int Steps = 50;
    private const int Rows = 64;

    [Theory]
    [InlineData("transformer")]
    [InlineData("mlp")]
    [InlineData("mlp without table")]
    [InlineData("features")]
    public void Fifty_steps_on_two_engines_have_the_same_losses(string name)
    {
        var (simd, ort) = (Losses(name, new SimdEngine()), Losses(name, new OnnxRuntimeEngine()));
        Assert.True(simd[^1] < simd[0] * 0.9, $"Nothing was learnt: {simd[0]} to {simd[^1]}.");
        for (var step = 0; step < Steps; step++)
        {
            Assert.True(Math.Abs(simd[step] - ort[step]) <= 1e-3 * Math.Abs(simd[step]), $"Step {step}: {simd[step]} against {ort[step]}.");
        }
    }

    [Theory]
    [InlineData("gradients")]
    [InlineData("window")]
    [InlineData("egalitarian")]
    [InlineData("muon")]
    [InlineData("noise")]
    [InlineData("decay")]
    [InlineData("penalty")]
    public void Fifty_steps_with_changed_steps_have_the_same_losses(string change)
    {
        var (optimizer, noise) = Changed(change);
        var penalty = change == "penalty" ? new PenaltyOptions { SpectralEntropy = 1 } : null;
        var simd = Losses("mlp", new SimdEngine(), optimizer, noise, penalty);
        var ort = Losses("mlp", new OnnxRuntimeEngine(), optimizer, noise, penalty);
        Assert.NotEqual(Losses("mlp", new SimdEngine())[^1], simd[^1]);
        for (var step = 0; step < Steps; step++)
        {
            Assert.True(Math.Abs(simd[step] - ort[step]) <= 2e-3 * Math.Abs(simd[step]), $"Step {step}: {simd[step]} against {ort[step]}.");
        }
    }

    private static (Optimizer Optimizer, NoiseOptions? Noise) Changed(string change) => change switch
    {
        "gradients" => (Adam(new() { Gradient = new() { Perpendicular = true, Grokfast = new() } }), null),
        "window" => (Adam(new() { Gradient = new() { GrokfastMa = new() { Window = 5 } } }), null),
        "egalitarian" => (new Sgd(new() { LearningRate = 3e-3, Gradient = new() { Egalitarian = new() } }), null),
        "muon" => (new Muon(new() { LearningRate = 3e-3, WeightDecay = 0.1 }), null),
        "noise" => (
            Adam(new() { UpdateNoise = 0.1, Decay = DecayKind.Jiggle }), new() { Weights = 0.01, Dropout = 0.1, DropoutAt = ["hidden.0"] }),
        "penalty" => (Adam(new()), null),
        _ => (Adam(new() { Decay = DecayKind.ToInit, Clamp = new() }), null),
    };

    private static AdamW Adam(AdamWOptions options) => new(options with { LearningRate = 3e-3 });

    private static float[] Losses(
        string name, IEngine engine, Optimizer? chosen = null, NoiseOptions? noise = null, PenaltyOptions? penalty = null)
    {
        var model = ExportModels.Make(name);
        var optimizer = chosen ?? Adam(new());
        var trained = TrainStep.Of(model, Rows, optimizer, new CrossEntropy(), noise: noise, penalty: penalty);
        var host = new HostInputs(trained.Fed, new Seed(3), () => model.Initialize(new Seed(3)));
        using var session = engine.Compile(trained.Graph, new CompileOptions());
        foreach (var (parameter, tensor) in model.Initialize(new Seed(3))) { session.Write(parameter, tensor); }
        session.Write(model.InputName, ExportModels.Rows(model, Rows));
        session.Write(RowEncoding.TargetName, Targets(model.Classes));
        foreach (var (input, number) in optimizer.RateInputs()) { session.Write(input, Tensor.Scalar((float)number)); }
        host.Begin(session);
        foreach (var (setting, number) in optimizer.Settings) { session.Write(setting, Tensor.Scalar((float)number)); }
        var (losses, loss) = (new float[Steps], Tensor.Scalar(0f));
        for (var step = 0; step < Steps; step++)
        {
            host.Feed(session, step);
            session.Run();
            session.Read("loss", loss);
            losses[step] = loss.AsSpan<float>()[0];
        }
        return losses;
    }

    private static Tensor Targets(int classes)
    {
        var stream = new Seed(5).Derive("targets").Stream();
        var targets = new Tensor(TensorType.Int64([Rows]));
        foreach (ref var target in targets.AsSpan<long>()) { target = stream.NextBelow(classes); }
        return targets;
    }
}
