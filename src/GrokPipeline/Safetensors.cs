using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GrokPipeline;

/// <summary>Named tensors and text, as they stand in a safetensors file.</summary>
/// <param name="Tensors">The tensors by name, in ordinal order of names.</param>
/// <param name="Metadata">The file's <c>__metadata__</c>, in ordinal order of keys; empty when it has none.</param>
public sealed record SafetensorsContent(
    ImmutableSortedDictionary<string, Tensor> Tensors, ImmutableSortedDictionary<string, string> Metadata)
{
    /// <summary>A tensor by name.</summary>
    /// <exception cref="GrokException">There is none; the message suggests the nearest name.</exception>
    public Tensor this[string name] => Tensors.TryGetValue(name, out var tensor) ? tensor : throw new GrokException(
        $"There is no tensor named '{name}'.{Spelling.Suggestion(name, Tensors.Keys)}",
        $"It has: {string.Join(", ", Tensors.Keys.Take(12))}{(Tensors.Count > 12 ? ", …" : "")}.");
}

/// <summary>
/// The safetensors format: 8 bytes of header length (little-endian), a JSON header that says type, shape and place of each tensor, then
/// the tensors without holes. Data alone: nothing in such a file can run.
/// </summary>
/// <remarks>
/// The reader is strict. Each broken rule is an error of its own, and sizes are checked against the file's length before anything of
/// that size is allocated. Tensors may hold F32, F64, I64 and BOOL; extents are at least 1.
/// </remarks>
public static partial class Safetensors
{
    /// <summary>The largest header that is read or written, in bytes.</summary>
    public const int LargestHeader = 16 * 1024 * 1024;

    private const string MetadataKey = "__metadata__";

    private static readonly JsonWriterOptions _plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes tensors in ordinal order of their names. The same content gives the same bytes.</summary>
    /// <param name="destination">Receives the file; is not closed.</param>
    /// <param name="tensors">Names and tensors; a name is not empty, not <c>__metadata__</c>, and used once.</param>
    /// <param name="metadata">Text to keep beside them; none is written when it is empty.</param>
    public static void Write(
        Stream destination, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToArray();
        var header = Header(ordered, metadata);
        if (header.Length > LargestHeader)
        {
            throw new GrokException(
                $"The header of {ordered.Length} tensors takes {header.Length} bytes.",
                $"It may take {LargestHeader}: write fewer tensors.");
        }
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        destination.Write(length);
        destination.Write(header);
        foreach (var (_, tensor) in ordered) { destination.Write(tensor.Bytes); }
    }

    /// <summary>The bytes of a file.</summary>
    /// <inheritdoc cref="Write"/>
    public static byte[] ToBytes(
        IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var stream = new MemoryStream();
        Write(stream, tensors, metadata);
        return stream.ToArray();
    }

    private static byte[] Header(KeyValuePair<string, Tensor>[] ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, _plain))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, text) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) { json.WriteString(key, text); }
                json.WriteEndObject();
            }
            var offset = 0L;
            string? previous = null;
            foreach (var (name, tensor) in ordered)
            {
                if (name.Length == 0 || name == MetadataKey || name == previous)
                {
                    throw new ArgumentException($"'{name}' cannot name a tensor: empty, reserved, or used twice.", nameof(ordered));
                }
                previous = name;
                json.WriteStartObject(name);
                json.WriteString("dtype", Spelled(tensor.Type.Element));
                json.WriteStartArray("shape");
                foreach (var extent in tensor.Shape) { json.WriteNumberValue(extent); }
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Type.SizeInBytes);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0) { buffer.WriteByte((byte)' '); }        // so that tensors start at a multiple of 8
        return buffer.ToArray();
    }

    private static string Spelled(ElementType element) => element switch
    {
        ElementType.Float32 => "F32",
        ElementType.Float64 => "F64",
        ElementType.Int64 => "I64",
        ElementType.Bool => "BOOL",
        _ => throw new ArgumentOutOfRangeException(nameof(element), element, "Not an element type."),
    };
}
