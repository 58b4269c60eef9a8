using GrokPipeline.Engines.Simd;
using GrokPipeline.Graphs.Engines;

namespace GrokPipeline.Engines.Tests.Simd;

/// <summary>Alone in the process, because it counts what all threads allocate.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_training_step_allocates_nothing(int threads)
    {
        var step = Steps.Decoder(300);
        using var session = new SimdEngine().Compile(step.Graph, new CompileOptions { Threads = threads });
        Steps.Begin(step, session);
        for (var run = 0; run < 50; run++) { session.Run(); }
        // The runtime's own threads may allocate now and then; ours, every time.
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 20 && least > 0; attempt++)
        {
            var mine = GC.GetAllocatedBytesForCurrentThread();
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var run = 0; run < 10; run++) { session.Run(); }
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            Assert.Equal(mine, GC.GetAllocatedBytesForCurrentThread());
        }
        Assert.Equal(0, least);
    }
}
