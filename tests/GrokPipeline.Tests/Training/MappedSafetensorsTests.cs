using System.Buffers.Binary;
using System.Text;

namespace GrokPipeline.Tests.Training;

public sealed class MappedSafetensorsTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("grokpipe-mapped-").FullName, "model.safetensors");

    [Fact]
    public void Elements_are_read_where_they_lie_without_allocating()
    {
        File.WriteAllBytes(_path, Safetensors.ToBytes(
            [
                new("w", Tensor.Of<float>([2, 2], [1, float.NaN, -0f, 4])), new("n", Tensor.Of<long>([2], [long.MinValue, 7])),
                new("d", Tensor.Scalar(Math.PI)), new("z", Tensor.Of<bool>([3], [true, false, true])),
            ], new Dictionary<string, string> { ["step"] = "7" }));
        using var mapped = MappedSafetensors.Open(_path);
        Assert.Equal(["d", "n", "w", "z"], mapped.Names);
        Assert.Equal("7", mapped.Metadata["step"]);
        Assert.Equal(TensorType.Float32([2, 2]), mapped.TypeOf("w"));
        Assert.Equal([1, float.NaN, -0f, 4], mapped.Read<float>("w").ToArray());
        Assert.Equal([long.MinValue, 7], mapped.Read<long>("n").ToArray());
        Assert.Equal(Math.PI, mapped.Read<double>("d")[0]);
        Assert.Equal([true, false, true], mapped.Read<bool>("z").ToArray());

        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = 0L;
        for (var i = 0; i < 100; i++) { sum += mapped.Read<long>("n")[1]; }
        Assert.Equal((700, 0), (sum, GC.GetAllocatedBytesForCurrentThread() - before));
    }

    [Fact]
    public void A_large_tensor_is_not_loaded_before_it_is_looked_at()
    {
        const int elements = 64 << 20;
        var header = Encoding.ASCII.GetBytes(
            $$"""{"w":{"dtype":"F32","shape":[{{elements}}],"data_offsets":[0,{{4L * elements}}]} }""".PadRight(128));
        using (var file = File.Create(_path))
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            file.Write(length);
            file.Write(header);
            file.SetLength(8 + header.Length + (4L * elements));              // a hole: the file system gives zeros
        }
        var before = Environment.WorkingSet;
        using var mapped = MappedSafetensors.Open(_path);
        Assert.Equal(0, mapped.Read<float>("w")[elements - 1]);
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 128L << 20);
    }

    [Theory, MemberData(nameof(SafetensorsTests.BrokenHeaders), MemberType = typeof(SafetensorsTests))]
    public void A_broken_file_is_refused_by_the_rules_that_hold_for_reading(string header, string message)
    {
        var bytes = new byte[8 + Encoding.UTF8.GetByteCount(header) + 8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Encoding.UTF8.GetByteCount(header));
        Encoding.UTF8.GetBytes(header, bytes.AsSpan(8));
        for (var i = 0; i < 8; i++) { bytes[^(8 - i)] = (byte)(i + 1); }
        File.WriteAllBytes(_path, bytes);
        var error = Assert.Throws<GrokException>(() => MappedSafetensors.Open(_path));
        Assert.Equal((ProblemKind.Integrity, _path), (error.Kind, error.Where));
        Assert.Contains(message, error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_at_any_place_is_refused()
    {
        var bytes = Safetensors.ToBytes([new("w", Tensor.Of<float>([3], [1, 2, 3]))]);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(_path, bytes[..length]);
            Assert.Equal(ProblemKind.Integrity, Assert.Throws<GrokException>(() => MappedSafetensors.Open(_path)).Kind);
        }
    }

    [Fact]
    public void What_is_asked_wrongly_is_told()
    {
        Assert.Equal("there is no such file.", Assert.Throws<GrokException>(() => MappedSafetensors.Open(_path)).Problem);
        File.WriteAllBytes(_path, Safetensors.ToBytes([new("weight", Tensor.Of<float>([1], [1]))]));
        var mapped = MappedSafetensors.Open(_path);
        Assert.Contains("Did you mean 'weight'?", Assert.Throws<GrokException>(() => mapped.TypeOf("weigth")).Problem);
        Assert.Contains("it was read as Int64", Assert.Throws<GrokException>(() => mapped.Read<long>("weight").Length).Problem);
        mapped.Dispose();
        Assert.Throws<ObjectDisposedException>(() => mapped.Read<float>("weight").Length);
        const string odd = """{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""";
        var shifted = new byte[8 + odd.Length + 5];
        BinaryPrimitives.WriteInt64LittleEndian(shifted, odd.Length + 1);
        Encoding.ASCII.GetBytes(odd + " ", shifted.AsSpan(8));
        File.WriteAllBytes(_path, shifted);
        using var unaligned = MappedSafetensors.Open(_path);
        Assert.Contains("Safetensors.Read, which copies", Assert.Throws<GrokException>(() => unaligned.Read<float>("w").Length).Remedy);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);        // not null: made above
}
