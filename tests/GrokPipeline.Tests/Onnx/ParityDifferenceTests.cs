using GrokPipeline.Onnx;

namespace GrokPipeline.Tests.Onnx;

public sealed class ParityDifferenceTests
{
    [Fact]
    public void Is_the_largest_distance_and_its_share_of_the_scale()
    {
        var difference = Of([4, -8, 1, 2], [4, -8.5f, 1.25f, 2]);
        Assert.Equal(0.5, difference.Absolute);
        Assert.Equal(0.0625, difference.Relative);
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
    }

    private static ParityDifference Of(float[] expected, float[] actual) =>
        ParityDifference.Of("y", Tensor.Of<float>([2, 2], expected), Tensor.Of<float>([2, 2], actual));
}
