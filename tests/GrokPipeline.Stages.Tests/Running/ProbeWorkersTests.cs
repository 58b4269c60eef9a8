using GrokPipeline.Stages.Probing;

namespace GrokPipeline.Stages.Tests.Running;

public sealed class ProbeWorkersTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 1)]
    [InlineData(7, 3)]
    [InlineData(2, 8)]
    public void Every_checkpoint_is_taken_once_and_each_thread_takes_neighbours(int count, int threads)
    {
        var (takers, begun) = (new int[count], 0);
        ProbeWorkers.Run(count, threads, () =>
        {
            var me = Interlocked.Increment(ref begun);
            return i => Interlocked.Add(ref takers[i], me);
        });
        Assert.Equal(Math.Min(count, threads), begun);
        Assert.DoesNotContain(0, takers);
        Assert.Equal(begun - 1, takers.Zip(takers.Skip(1)).Count(pair => pair.First != pair.Second));
    }

    [Fact]
    public void The_error_of_the_first_share_is_thrown_when_all_have_ended()
    {
        var running = 0;
        var error = Assert.Throws<GrokException>(() => ProbeWorkers.Run(4, 2, () => i =>
        {
            Interlocked.Increment(ref running);
            try { throw new GrokException($"checkpoint {i}.", ""); }
            finally { Interlocked.Decrement(ref running); }
        }));
        Assert.Equal(0, running);
        Assert.StartsWith("checkpoint ", error.Problem, StringComparison.Ordinal);
    }
}
