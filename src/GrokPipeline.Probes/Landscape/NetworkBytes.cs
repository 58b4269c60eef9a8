using System.Buffers;
using System.IO.Compression;

namespace GrokPipeline.Probes.Landscape;

/// <summary>
/// A network as bytes. Parameters follow one another in ordinal order of their names. Of each: its rank (0 for one that is not cut) as a
/// number, then its values, of a cut one the left factor [rows, rank] and the right one [rank, columns]. Numbers are integers in units of
/// δ, zigzag-coded (0, −1, 1, −2 … to 0, 1, 2, 3 …), seven bits a byte from the low end, the high bit set on all but the last. Names and
/// shapes belong to the model and are not counted.
/// </summary>
internal static class NetworkBytes
{
    private const int Quality = 5, Window = 22;

    /// <summary>The bytes of rounded factors.</summary>
    public static byte[] Of((int Rank, (long[] Left, long[] Right) Values)[] parameters)
    {
        var writer = new ArrayBufferWriter<byte>();
        foreach (var (rank, (left, right)) in parameters)
        {
            Write(writer, rank);
            foreach (var value in left) { Write(writer, value); }
            foreach (var value in right) { Write(writer, value); }
        }
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>The float32 numbers as they are, little-endian.</summary>
    public static byte[] Raw(Tensor[] tensors) => [.. tensors.SelectMany(tensor => tensor.Bytes.ToArray())];

    /// <summary>The size through Brotli.</summary>
    public static int Brotli(ReadOnlySpan<byte> content)
    {
        var buffer = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
        return BrotliEncoder.TryCompress(content, buffer, out var written, Quality, Window)
            ? written : throw new InvalidOperationException("Brotli's own bound did not hold.");
    }

    private static void Write(ArrayBufferWriter<byte> writer, long value)
    {
        var code = unchecked((ulong)(value << 1) ^ (ulong)(value >> 63));   // the sign's bits are meant
        var span = writer.GetSpan(10);
        var length = 0;
        for (; code >= 0x80; code >>= 7) { span[length++] = (byte)((code & 0x7F) | 0x80); }
        span[length++] = (byte)code;
        writer.Advance(length);
    }
}
