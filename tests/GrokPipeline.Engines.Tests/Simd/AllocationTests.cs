using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs.Engines;
using GrokPipeline.Training;
using GrokPipeline.Training.Optimizers;

namespace GrokPipeline.Engines.Tests.Simd;

/// <summary>Alone in the process, because it counts what all threads allocate.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_training_step_allocates_nothing(int threads) => AssertNone(Steps.Decoder(300), threads);

    [Theory]
    [InlineData("gradients")]
    [InlineData("muon")]
    [InlineData("noise")]
    [InlineData("penalty")]
    public void A_changed_step_allocates_nothing(string change)
    {
        var optimizer = change switch
        {
            "gradients" => new AdamW(
                new() { Gradient = new() { Egalitarian = new(), Perpendicular = true, GrokfastMa = new() { Window = 5 } } }),
            "muon" => (Optimizer)new Muon(new() { Clamp = new() }),
            "penalty" => new AdamW(new()),
            _ => new AdamW(new() { UpdateNoise = 0.1, Decay = DecayKind.Jiggle }),
        };
        var step = Steps.Network(
            100, optimizer: optimizer, noise: change == "noise" ? new() { Weights = 0.1 } : null,
            penalty: change == "penalty" ? new() { SpectralEntropy = 0.1 } : null);
        AssertNone(step, 1);
    }

    private static void AssertNone(TrainStep step, int threads)
    {
        var host = new HostInputs(step.Fed, new Seed(3), () => step.Model.Initialize(new Seed(3)));
        using var session = new SimdEngine().Compile(step.Graph, new CompileOptions { Threads = threads });
        Steps.Begin(step, session);
        host.Begin(session);
        for (var run = 0; run < 50; run++) { Run(run); }
        // The runtime's own threads may allocate now and then; ours, every time.
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 20 && least > 0; attempt++)
        {
            var mine = GC.GetAllocatedBytesForCurrentThread();
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var run = 0; run < 10; run++) { Run(run); }
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            if (step.Fed.IsEmpty) { Assert.Equal(mine, GC.GetAllocatedBytesForCurrentThread()); }
        }
        Assert.Equal(0, least);

        void Run(int run)
        {
            host.Feed(session, run);
            session.Run();
        }
    }
}
