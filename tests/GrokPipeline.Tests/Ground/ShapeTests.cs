namespace GrokPipeline.Tests.Ground;

public sealed class ShapeTests
{
    [Fact]
    public void The_default_is_a_scalar()
    {
        TensorShape scalar = default;
        Assert.Equal(0, scalar.Rank);
        Assert.Equal(1, scalar.Count);
        Assert.Equal("[]", scalar.ToString());
        Assert.Equal([], scalar);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void An_extent_is_at_least_one(int extent)
    {
        var error = Assert.Throws<GrokException>(() => TensorShape.Create([3, extent]));
        Assert.Equal($"A shape [3, {extent}] has the extent {extent}.", error.Problem);
    }

    [Fact]
    public void Axes_count_from_either_end()
    {
        TensorShape shape = [2, 3, 5];
        Assert.Equal(5, shape[-1]);
        Assert.Equal(2, shape[0]);
        Assert.Equal(1, shape.Axis(-2));
        Assert.Equal([2, 7, 5], shape.With(-2, 7));
        Assert.Equal([2, 3], shape.Without(2));
        Assert.Equal("Shape [2, 3, 5] has no axis 3.", Assert.Throws<GrokException>(() => shape.Axis(3)).Problem);
        Assert.Throws<GrokException>(() => shape.Axis(-4));
    }

    [Fact]
    public void A_shape_may_be_part_of_another()
    {
        TensorShape none = [], matrix = [2, 3], ones = [1, 1, 1];
        Assert.Equal([5, 2, 3, 7, 1, 1, 1], TensorShape.Create([5, .. none, .. matrix, 7, .. ones]));
        Assert.Equal<int>([2, 3, 4], [.. matrix, 4]);
        Assert.Equal(3, matrix[^1]);
    }

    [Fact]
    public void Shapes_compare_by_their_extents()
    {
        TensorShape a = [2, 3], b = [2, 3], c = [3, 2];
        Assert.True(a == b);
        Assert.True(a != c);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.Equal(TensorType.Float32([2, 3]), TensorType.Float32(b));
    }

    [Fact]
    public void A_count_that_overflows_is_an_error() =>
        Assert.Throws<OverflowException>(() => TensorShape.Create([1 << 20, 1 << 20]).Count);

    [Fact]
    public void Broadcasting_follows_the_last_axes()
    {
        Assert.Equal([4, 2, 3], TensorShape.Broadcast([4, 1, 3], [2, 1]));
        Assert.Equal([2], TensorShape.Broadcast([], [2]));
        Assert.Equal(
            "Shapes [2, 3] and [2] do not broadcast: extents 3 and 2 meet.",
            Assert.Throws<GrokException>(() => TensorShape.Broadcast([2, 3], [2])).Problem);
    }

    [Fact]
    public void Lists_of_integers_compare_by_their_contents()
    {
        IntegerList a = [1, 2], b = [1, 2], none = default;
        Assert.True(a == b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.True(a != none);
        Assert.Equal([], none);
        Assert.Equal("[1, 2]", a.ToString());
        Assert.Equal(2, a[1]);
    }

    [Fact]
    public void A_type_knows_its_size()
    {
        Assert.Equal(24, TensorType.Int64([3]).SizeInBytes);
        Assert.Equal("Float32[97, 128]", TensorType.Float32([97, 128]).ToString());
        Assert.Equal(1, ElementType.Bool.SizeInBytes());
        Assert.True(ElementType.Float64.IsFloat());
        Assert.False(ElementType.Int64.IsFloat());
        Assert.Throws<NotSupportedException>(() => ElementTypes.Of<int>());
    }
}
