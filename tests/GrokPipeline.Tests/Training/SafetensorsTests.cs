using System.Buffers.Binary;
using System.Text;

namespace GrokPipeline.Tests.Training;

public sealed class SafetensorsTests
{
    private const string A = """{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""";

    [Fact]
    public void What_is_written_is_read()
    {
        var content = Safetensors.Read(Sound(), "file");
        Assert.Equal(["a", "b.weight", "c", "d"], content.Tensors.Keys);
        Assert.Equal([1f, float.NaN, -0f, float.PositiveInfinity, 5, 6], content["b.weight"].AsSpan<float>().ToArray());
        Assert.Equal(new TensorShape[] { [2], [2, 3], [], [1, 1, 3] }, content.Tensors.Values.Select(tensor => tensor.Shape));
        Assert.Equal([long.MinValue, 7], content["a"].AsSpan<long>().ToArray());
        Assert.Equal(Math.PI, content["c"].AsSpan<double>()[0]);
        Assert.Equal([true, false, true], content["d"].AsSpan<bool>().ToArray());
        Assert.Equal([new("format", "pt"), new("note", "≠ \"x\"\n")], content.Metadata);
        Assert.Equal(Sound(), Safetensors.ToBytes(content.Tensors.Reverse(), content.Metadata));
    }

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        var bytes = Safetensors.ToBytes([new("w", Tensor.Of<float>([2], [1f, 2f]))], new Dictionary<string, string> { ["k"] = "v" });
        const string header = """{"__metadata__":{"k":"v"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";
        var padded = header.PadRight((header.Length + 7) / 8 * 8);
        Assert.Equal(padded.Length, BinaryPrimitives.ReadInt64LittleEndian(bytes));
        Assert.Equal(padded, Encoding.ASCII.GetString(bytes, 8, padded.Length));
        Assert.Equal("0000803F00000040", Convert.ToHexString(bytes, 8 + padded.Length, 8));
    }

    [Fact]
    public void A_file_without_tensors_is_a_file()
    {
        Assert.Empty(Safetensors.Read(Safetensors.ToBytes([]), "file").Tensors);
    }

    public static TheoryData<string, string> BrokenHeaders => new()
    {
        { "{ ", "JSON" },
        { "[]", "begin with '{'" },
        { " {}", "begin with '{'" },
        { "{}x", "JSON" },
        { "{}{}", "JSON" },
        { """{"a":1}""", "a is no StartObject" },
        { $$"""{"a":{{A}},"a":{{A}}}""", "'a' stands twice" },
        { """{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "'dtype' stands twice" },
        { """{"a":{"dtype":"F32","shape":[2]}}""", "lacks one of" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}""", "unknown field 'x'" },
        { """{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}""", "dtype 'F16'" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "ask for 12" },
        { """{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", "extent 0" },
        { """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "extent -2" },
        { """{"a":{"dtype":"F32","shape":[2147483647,2147483647],"data_offsets":[0,8]}}""", "more than 2147483647 elements" },
        { """{"a":{"dtype":"F64","shape":[2147483647],"data_offsets":[0,17179869176]}}""", "more than 2147483647" },
        { """{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "no integer" },
        { """{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", "no number" },
        { """{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", "a.shape is no StartArray" },
        { """{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}""", "more than 8 numbers" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", "more than 2 numbers" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8]}}""", "1 data_offsets" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "lies at [8, 0)" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "belong to none" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "4 bytes follow the last tensor" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "cut off" },
        {
            """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
            "overlaps"
        },
        { """{"":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "0 characters" },
        { $$"""{"__metadata__":{"k":1},"a":{{A}}}""", "__metadata__.k is no String" },
        { $$"""{"__metadata__":{"k":"1","k":"2"},"a":{{A}}}""", "'k' stands twice" },
        { $$"""{"__metadata__":{},"__metadata__":{},"a":{{A}}}""", "'__metadata__' stands twice" },
        { $$"""{"\ud800":{{A}}}""", "JSON" },
        { $$"""{"a":{{A}},}""", "JSON" },
        { $$"""{/**/"a":{{A}}}""", "JSON" },
        { """{"a":{"dtype":"BOOL","shape":[8],"data_offsets":[0,8]}}""", "neither 0 nor 1" },
    };

    [Theory]
    [MemberData(nameof(BrokenHeaders))]
    public void Each_broken_rule_is_an_error_of_its_own(string header, string message)
    {
        var error = Assert.Throws<GrokException>(() => Safetensors.Read(File(header, [1, 2, 3, 4, 5, 6, 7, 8]), "model.safetensors"));
        Assert.Equal((ProblemKind.Integrity, "model.safetensors"), (error.Kind, error.Where));
        Assert.Contains(message, error.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "has 0 bytes")]
    [InlineData("00000000000000", "has 7 bytes")]
    [InlineData("0000000000000000", "less than the empty object")]
    [InlineData("09000000000000007B7D", "only 2 follow")]
    [InlineData("FFFFFFFFFFFFFFFF7B7D", "more than 16777216")]
    [InlineData("01000001000000007B7D", "more than 16777216")]
    public void A_wrong_length_is_refused_before_memory_is_asked_for(string hex, string message)
    {
        var error = Assert.Throws<GrokException>(() => Safetensors.Read(Convert.FromHexString(hex), "file"));
        Assert.Contains(message, error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        var error = Assert.Throws<GrokException>(() => Safetensors.Read(File(new string('{', 100_000), []), "file"));
        Assert.Equal(ProblemKind.Integrity, error.Kind);
    }

    [Fact]
    public void Every_cut_of_a_file_is_found()
    {
        var file = Sound();
        for (var length = 0; length < file.Length; length++)
        {
            var error = Assert.Throws<GrokException>(() => Safetensors.Read(file[..length], "file"));
            Assert.Equal(ProblemKind.Integrity, error.Kind);
        }
        Assert.Throws<GrokException>(() => Safetensors.Read([.. file, 0], "file"));
    }

    [Fact]
    public void Mutated_files_are_read_or_refused_and_nothing_else()
    {
        var sound = Sound();
        var header = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(sound);
        var stream = new Seed(20_260).Derive("safetensors/mutations").Stream();
        var refused = 0;
        for (var round = 0; round < 4000; round++)
        {
            var file = sound.ToArray();
            for (var flips = stream.NextBelow(3); flips >= 0; flips--)
            {
                var likely = (byte)"{}[]\",:0189 FIB"[stream.NextBelow(15)];
                file[stream.NextBelow(header)] = stream.NextBelow(2) == 0 ? (byte)stream.NextBelow(256) : likely;
            }
            try
            {
                Safetensors.Read(file, "file");
            }
            catch (GrokException e)
            {
                Assert.Equal(ProblemKind.Integrity, e.Kind);
                refused++;
            }
        }
        Assert.InRange(refused, 2000, 3999);
    }

    [Fact]
    public void Names_that_cannot_be_read_back_are_not_written()
    {
        var tensor = Tensor.Scalar(1f);
        Assert.Throws<ArgumentException>(() => Safetensors.ToBytes([new("", tensor)]));
        Assert.Throws<ArgumentException>(() => Safetensors.ToBytes([new("__metadata__", tensor)]));
        Assert.Throws<ArgumentException>(() => Safetensors.ToBytes([new("a", tensor), new("a", tensor)]));
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_nearest()
    {
        var error = Assert.Throws<GrokException>(() => Safetensors.Read(Sound(), "file")["b.weigth"]);
        Assert.Contains("Did you mean 'b.weight'?", error.Problem, StringComparison.Ordinal);
    }

    private static byte[] Sound() => Safetensors.ToBytes(
        [
            new("d", Tensor.Of<bool>([1, 1, 3], [true, false, true])),
            new("b.weight", Tensor.Of<float>([2, 3], [1, float.NaN, -0f, float.PositiveInfinity, 5, 6])),
            new("a", Tensor.Of<long>([2], [long.MinValue, 7])),
            new("c", Tensor.Scalar(Math.PI)),
        ],
        new Dictionary<string, string> { ["note"] = "≠ \"x\"\n", ["format"] = "pt" });

    private static byte[] File(string header, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }
}
