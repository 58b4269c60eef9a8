namespace GrokPipeline.Tests.Ground;

public sealed class TensorTests
{
    [Fact]
    public void A_tensor_holds_a_copy()
    {
        float[] numbers = [1, 2, 3, 4];
        var tensor = Tensor.Of<float>([2, 2], numbers);
        numbers[0] = 9;
        Assert.Equal([1f, 2, 3, 4], tensor.AsSpan<float>().ToArray());
        var copy = tensor.Copy();
        copy.AsSpan<float>()[0] = 7;
        Assert.Equal(1, tensor.AsSpan<float>()[0]);
    }

    [Fact]
    public void Its_memory_stays_where_it_is()
    {
        var tensor = new Tensor(TensorType.Float32([1000]));
        nint before = Address(tensor);
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        Assert.Equal(before, Address(tensor));
    }

    [Fact]
    public void Another_number_of_elements_is_refused()
    {
        var error = Assert.Throws<GrokException>(() => Tensor.Of<float>([2, 2], [1, 2, 3]));
        Assert.Equal("A tensor of shape [2, 2] needs 4 elements; 3 were given.", error.Problem);
    }

    [Fact]
    public void Another_element_type_is_refused()
    {
        var error = Assert.Throws<GrokException>(() => Tensor.Scalar(1f).AsSpan<long>());
        Assert.Equal("A tensor of Float32[] was read as Int64.", error.Problem);
    }

    [Fact]
    public void Bytes_are_little_endian() => Assert.Equal([0, 0, 0x80, 0x3F], Tensor.Scalar(1f).Bytes.ToArray());

    private static nint Address(Tensor tensor) =>
        System.Runtime.CompilerServices.Unsafe.ByteOffset(
            ref System.Runtime.CompilerServices.Unsafe.NullRef<byte>(), ref tensor.Bytes[0]);
}
