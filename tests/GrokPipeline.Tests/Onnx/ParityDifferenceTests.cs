using GrokPipeline.Onnx;

namespace GrokPipeline.Tests.Onnx;

public sealed class ParityDifferenceTests
{
    private static readonly ParityBatch Both = new(2, 0, 0, 2);

    [Fact]
    public void Is_the_largest_distance_and_its_share_of_the_scale()
    {
        var difference = Of([4, -8, 1, 2], [4, -8.5f, 1.25f, 2]);
        Assert.Equal((0.5, 0.0625, 8.0), (difference.Absolute, difference.Relative, difference.Scale));
        Assert.Equal(new ParityPlace(0, 2, -8, -8.5), difference.Worst);
    }

    [Fact]
    public void Counts_rows_with_the_same_largest_element()
    {
        var difference = Of([1, 2, 3, 4], [2, 1, 3, 4]);
        Assert.Equal((1, 2, 0.5), (difference.Agreeing, difference.Rows, difference.ArgmaxAgreement));
    }

    [Fact]
    public void Nan_equals_nan_and_is_infinitely_far_from_numbers()
    {
        Assert.Equal(0, Of([float.NaN, 1, float.PositiveInfinity, 0], [float.NaN, 1, float.PositiveInfinity, 0]).Absolute);
        Assert.Equal(double.PositiveInfinity, Of([float.NaN, 1, 0, 0], [0, 1, 0, 0]).Absolute);
        Assert.Equal(double.PositiveInfinity, Of([0, 0, 0, 0], [0, 0, 1, 0]).Relative);
    }

    [Fact]
    public void Rows_that_an_earlier_batch_had_do_not_count()
    {
        var difference = Of([1, 2, 3, 4], [9, 9, 3, 4.5f], new ParityBatch(2, 40, 1, 1));
        Assert.Equal((0.5, 1, new ParityPlace(40, 2, 4, 4.5)), (difference.Absolute, difference.Rows, difference.Worst));
    }

    [Fact]
    public void The_worst_of_several_batches_is_kept_with_its_place()
    {
        var first = Of([1, 2, 3, 4], [1, 2, 3, 4.5f]);
        var second = Of([1, 2, 3, 4], [1, 2, 3, 5], new ParityBatch(2, 10, 0, 2));
        foreach (var all in (ParityDifference[])[first.And(second), second.And(first)])
        {
            Assert.Equal((1.0, 0.25, 4L), (all.Absolute, all.Relative, all.Rows));
            Assert.Equal(new ParityPlace(11, 2, 4, 5), all.Worst);
        }
    }

    [Fact]
    public void The_share_is_that_of_the_scale_of_all_batches()
    {
        var small = Of([0.5f, 0, 0, 0], [1, 0, 0, 0]);
        var large = Of([100, 0, 0, 0], [100, 0, 0, 0], new ParityBatch(2, 10, 0, 2));
        var all = small.And(large);
        Assert.Equal((0.5, 0.005, 100.0), (all.Absolute, all.Relative, all.Scale));
    }

    [Fact]
    public void Labels_are_equal_or_not_and_have_no_scale()
    {
        var difference = ParityDifference.Of(
            "label", "rows", Tensor.Of<long>([3], [4, 5, 6]), Tensor.Of<long>([3], [4, 9, 6]), new ParityBatch(3, 0, 0, 3));
        Assert.Equal((4.0, 0.0, 2L, 3L), (difference.Absolute, difference.Relative, difference.Agreeing, difference.Rows));
        Assert.Equal(new ParityPlace(1, 3, 5, 9), difference.Worst);
    }

    private static ParityDifference Of(float[] expected, float[] actual, ParityBatch? batch = null) =>
        ParityDifference.Of("y", "rows", Tensor.Of<float>([2, 2], expected), Tensor.Of<float>([2, 2], actual), batch ?? Both);
}
