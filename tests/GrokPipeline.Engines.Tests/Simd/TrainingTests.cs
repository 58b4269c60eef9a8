using GrokPipeline.Engines.OnnxRuntime;
using GrokPipeline.Engines.Simd;
using GrokPipeline.Engines.Simd.Planning;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training;

namespace GrokPipeline.Engines.Tests.Simd;

/// <summary>Whole training steps: against another engine, and how they are planned.</summary>
public sealed class TrainingTests
{
    [Fact]
    public void A_decoder_learns_as_on_ONNX_Runtime_for_50_steps() => AssertAgree(Steps.Decoder(128));

    [Fact]
    public void A_network_learns_as_on_ONNX_Runtime_for_50_steps() => AssertAgree(Steps.Network(200));

    [Fact]
    public void No_parameter_is_copied_from_step_to_step()
    {
        Assert.Empty(Plan.Of(Steps.Decoder(40).Graph).Commits);
        Assert.Empty(Plan.Of(Steps.Network(40).Graph).Commits);
    }

    [Fact]
    public void The_optimizer_is_one_loop_for_each_parameter()
    {
        var step = Steps.Network(40);
        var plan = Plan.Of(step.Graph);
        foreach (var parameter in step.Model.Parameters)
        {
            var writer = plan.Kernels.Single(kernel => kernel.Writes.Contains(plan.Outputs[$"{parameter.Name}'"]));
            Assert.Contains(plan.Outputs[$"{parameter.Name}.adam.m'"], writer.Writes);
            Assert.Contains(plan.Outputs[$"{parameter.Name}.adam.v'"], writer.Writes);
        }
    }

    [Fact]
    public void Memory_is_used_again_where_it_can_be()
    {
        var plan = Plan.Of(Steps.Decoder(300).Graph);
        var apart = plan.Kernels.SelectMany(kernel => kernel.Writes).Distinct().Sum(slot => slot.Bytes);
        Assert.True(plan.Bytes < 0.7 * apart, $"{plan.Bytes} bytes, of {apart} without reuse.");
    }

    [Fact]
    public void Idle_threads_sleep()
    {
        var step = Steps.Decoder(300);
        using var session = new SimdSession(Plan.Of(step.Graph), step.Graph, 3);
        Steps.Begin(step, session);
        session.Run();
        Assert.True(SpinWait.SpinUntil(() => session.Asleep == 2, TimeSpan.FromSeconds(20)), $"{session.Asleep} of 2 threads sleep.");
        session.Run();
        Assert.True(float.IsFinite(Steps.Loss(session)));
    }

    private static void AssertAgree(TrainStep step)
    {
        using var simd = new SimdEngine().Compile(step.Graph, new CompileOptions { Threads = 2 });
        using var other = new OnnxRuntimeEngine().Compile(step.Graph, new CompileOptions { Threads = 2 });
        Steps.Begin(step, simd);
        Steps.Begin(step, other);
        for (var i = 0; i < 50; i++)
        {
            simd.Run();
            other.Run();
            var (mine, its) = (Steps.Loss(simd), Steps.Loss(other));
            Assert.True(Math.Abs(mine - its) <= 1e-3 * its, $"Step {i}: {mine:R} against {its:R}.");
        }
    }
}
