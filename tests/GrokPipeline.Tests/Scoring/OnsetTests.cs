using GrokPipeline.Evaluation;

namespace GrokPipeline.Tests.Scoring;

public sealed class OnsetTests
{
    private static readonly GeneralizationOptions TwoInARow = new() { Accuracy = 0.9, ForEvaluations = 2 };

    [Fact]
    public void It_begins_with_the_first_of_enough_checkpoints_one_after_another()
    {
        var onset = Onset.Of([(0, 0.1), (10, 0.95), (20, 0.8), (30, 0.91), (50, 0.99), (90, 0.2)], TwoInARow);
        Assert.Equal(new Onset(30, 20, 0.99, 0.2), onset);
    }

    [Fact]
    public void A_crossing_too_near_the_end_is_not_confirmed()
    {
        Assert.Equal(new Onset(null, 0, 0.95, 0.95, 10), Onset.Of([(0, 0.1), (10, 0.95)], TwoInARow));
        Assert.Equal(new Onset(null, null, 0.95, 0.1), Onset.Of([(0, 0.95), (10, 0.1)], TwoInARow));
        Assert.Equal(new Onset(null, null, 1, 1, 0), Onset.Of([(0, 1)], TwoInARow));
        Assert.Equal(new Onset(0, null, 1, 1), Onset.Of([(0, 1), (10, 1)], TwoInARow));
        Assert.Throws<ArgumentException>(() => Onset.Of([], TwoInARow));
    }
}
