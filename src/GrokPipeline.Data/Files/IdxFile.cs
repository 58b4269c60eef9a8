using System.Buffers.Binary;
using System.Collections.Immutable;

namespace GrokPipeline.Data.Files;

/// <summary>
/// A file of MNIST's format IDX: two zero bytes, a type (8 for unsigned bytes), the number of axes, the extents as 32-bit big-endian
/// numbers, then the elements.
/// </summary>
internal static class IdxFile
{
    private const int MostRows = 1_000_000;
    private const int MostSide = 256;

    /// <summary>Reads images: their number, height and width, and a byte for each pixel.</summary>
    /// <exception cref="GrokException">The file is not of this form, or too large.</exception>
    internal static (int Rows, int Height, int Width, byte[] Pixels) Images(SourceFile file)
    {
        var (extents, elements) = Read(file, axes: 3, "images");
        return (extents[0], extents[1], extents[2], elements);
    }

    /// <summary>Reads labels, one byte for each.</summary>
    /// <exception cref="GrokException">The file is not of this form, or too large.</exception>
    internal static byte[] Labels(SourceFile file) => Read(file, axes: 1, "labels").Elements;

    /// <summary>The pixels of one image, from the head of a file of images alone.</summary>
    /// <exception cref="GrokException">The head is not of this form.</exception>
    internal static int PixelsOf(SourceFile file)
    {
        var extents = Head(file, file.Begin(StartOf(3)), axes: 3, "images");
        return extents[1] * extents[2];
    }

    private static int StartOf(int axes) => 4 + (4 * axes);

    private static (ImmutableArray<int> Extents, byte[] Elements) Read(SourceFile file, int axes, string what)
    {
        var bytes = file.Read(int.MaxValue / 2);
        var (extents, start) = (Head(file, bytes, axes, what), StartOf(axes));
        var expected = start + extents.Aggregate(1L, (product, extent) => product * extent);
        return bytes.Length == expected
            ? (extents, bytes[start..])
            : throw Wrong(file, $"has {bytes.Length:N0} bytes; its extents {string.Join(" × ", extents)} need {expected:N0}");
    }

    private static ImmutableArray<int> Head(SourceFile file, byte[] bytes, int axes, string what)
    {
        if (bytes.Length < StartOf(axes) || BinaryPrimitives.ReadInt32BigEndian(bytes) != (8 << 8 | axes))
        {
            var found = bytes.Length < StartOf(axes)
                ? $"has {bytes.Length} bytes" : $"begins with 0x{BinaryPrimitives.ReadInt32BigEndian(bytes):x8}";
            throw Wrong(file, $"{found}; a file of {what} begins with 0x{8 << 8 | axes:x8} and {axes} extents");
        }
        var extents = Enumerable.Range(0, axes)
            .Select(axis => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4 + (4 * axis)))).ToImmutableArray();
        return extents[0] is >= 1 and <= MostRows && extents.Skip(1).All(side => side is >= 1 and <= MostSide)
            ? extents
            : throw Wrong(file, $"says that its extents are {string.Join(" × ", extents)}; 1 to {MostRows:N0} {what} of at most "
                + $"{MostSide} × {MostSide} pixels are read");
    }

    private static GrokException Wrong(SourceFile file, string problem) => new(
        $"'{file.Name}' {problem}.", "Give the file of MNIST's format that belongs there, as published or with .gz.",
        kind: ProblemKind.Integrity);
}
