using GrokPipeline.Evaluation;

namespace GrokPipeline.Tests.Grokking;

public sealed class LossSpikeTests
{
    [Fact]
    public void A_spike_is_ten_times_the_lowest_loss_until_it_is_back_below_twice()
    {
        double[] losses = [4, 1, 0.1, 1.0, 1.1, 5, 0.3, 2, 0.15, 0.05, double.NaN, 0.6, 0.04];
        // 1.0 is ten times 0.1 and not above; 0.3 is not back, so that 2 belongs to the spike of 1.1.
        Assert.Equal([40L, 110], LossSpikes.Of([.. losses.Select((_, i) => 10L * i)], losses));
    }

    [Fact]
    public void A_falling_loss_has_none() => Assert.Empty(LossSpikes.Of([0, 1, 2, 3], [4, 3, 1e-3, 1e-9]));
}
