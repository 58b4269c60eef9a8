using GrokPipeline.Stages.Options;

namespace GrokPipeline.Stages.Tests.Reproductions;

public sealed class AcceptedRangeTests
{
    [Theory]
    [InlineData("2000..4200", 2000, true)]
    [InlineData("2000..4200", 4200, true)]
    [InlineData("2000..4200", 4201, false)]
    [InlineData("-1.15..-0.85", -1.0, true)]
    [InlineData("<= 0.85", 0.85, true)]
    [InlineData("> 0.02", 0.02, false)]
    [InlineData("never", 1000, false)]
    public void A_number_is_accepted_between_the_ends_both_included(string range, double value, bool accepted) =>
        Assert.Equal(accepted, AcceptedRange.FromText(range).Holds(value));

    [Theory]
    [InlineData("2000..4200", false)]
    [InlineData(">= 0", false)]
    [InlineData("never", true)]
    public void What_was_not_reached_is_accepted_by_never_alone(string range, bool accepted)
    {
        Assert.Equal(accepted, AcceptedRange.FromText(range).Holds(null));
        Assert.Equal(accepted, AcceptedRange.FromText(range).Holds(double.NaN));
    }

    [Theory]
    [InlineData("4200..2000")]
    [InlineData("about 7")]
    [InlineData("1..2..3")]
    [InlineData(">= many")]
    [InlineData("1..NaN")]
    public void Other_texts_are_refused(string range) => Assert.Throws<GrokException>(() => AcceptedRange.FromText(range));

    [Theory]
    [InlineData("2000..4200"), InlineData(">= 0.99"), InlineData("never")]
    public void A_range_is_written_as_it_is_read(string range) => Assert.Equal(range, AcceptedRange.FromText(range).ToString());
}
