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

    [Fact]
    public void Fifty_steps_with_changed_gradients_have_the_same_losses()
    {
        var gradient = new GradientOptions { Perpendicular = true, Grokfast = new() };
        var (simd, ort) = (Losses("mlp", new SimdEngine(), gradient), Losses("mlp", new OnnxRuntimeEngine(), gradient));
        Assert.NotEqual(Losses("mlp", new SimdEngine())[^1], simd[^1]);
        for (var step = 0; step < Steps; step++)
        {
            Assert.True(Math.Abs(simd[step] - ort[step]) <= 1e-3 * Math.Abs(simd[step]), $"Step {step}: {simd[step]} against {ort[step]}.");
        }
    }

    private static float[] Losses(string name, IEngine engine, GradientOptions? gradient = null)
    {
        var model = ExportModels.Make(name);
        var optimizer = new AdamW(new AdamWOptions { LearningRate = 3e-3, Gradient = gradient });
        using var session = engine.Compile(TrainStep.Of(model, Rows, optimizer, new CrossEntropy()).Graph, new CompileOptions());
        foreach (var (parameter, tensor) in model.Initialize(new Seed(3))) { session.Write(parameter, tensor); }
        session.Write(model.InputName, ExportModels.Rows(model, Rows));
        session.Write(RowEncoding.TargetName, Targets(model.Classes));
        session.Write(Optimizer.LearningRateInput, Tensor.Scalar((float)optimizer.LearningRate));
        foreach (var (setting, number) in optimizer.Settings) { session.Write(setting, Tensor.Scalar((float)number)); }
        var (losses, loss) = (new float[Steps], Tensor.Scalar(0f));
        for (var step = 0; step < Steps; step++)
        {
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
