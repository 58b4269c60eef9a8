using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;

namespace GrokPipeline;

public static partial class Safetensors
{
    private const int LongestName = 1024;
    private const int MostTensors = 65_536;
    private const int LargestRank = 8;

    /// <summary>Reads a whole file from memory.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="where">What messages call it, usually its path.</param>
    /// <exception cref="GrokException">The file breaks a rule; the message says which (<see cref="ProblemKind.Integrity"/>).</exception>
    public static SafetensorsContent Read(byte[] bytes, string where)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        return Read(stream, where);
    }

    /// <summary>Reads a file from its beginning.</summary>
    /// <param name="source">The file; its length is known.</param>
    /// <param name="where">What messages call it, usually its path.</param>
    /// <exception cref="GrokException">The file breaks a rule; the message says which (<see cref="ProblemKind.Integrity"/>).</exception>
    public static SafetensorsContent Read(Stream source, string where)
    {
        var (entries, metadata) = ReadHeader(source, where);
        var tensors = ImmutableSortedDictionary.CreateBuilder<string, Tensor>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var tensor = new Tensor(entry.Type);
            Fill(source, tensor.Bytes, where);
            if (entry.Type.Element == ElementType.Bool && tensor.Bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
            {
                throw Broken(where, $"tensor '{entry.Name}' is BOOL and holds a byte that is neither 0 nor 1");
            }
            tensors.Add(entry.Name, tensor);
        }
        return new(tensors.ToImmutable(), metadata);
    }

    /// <summary>Names, types and metadata, without reading a tensor. The stream then stands at the first tensor.</summary>
    /// <param name="source">The file; its length is known.</param>
    /// <param name="where">What messages call it, usually its path.</param>
    /// <exception cref="GrokException">Of kind <see cref="ProblemKind.Integrity"/>: the header breaks a rule.</exception>
    public static (ImmutableArray<SafetensorsEntry> Entries, ImmutableSortedDictionary<string, string> Metadata) ReadHeader(
        Stream source, string where)
    {
        var length = source.Length - source.Position;
        if (length < 8) { throw Broken(where, $"it has {length} bytes, less than the 8 that hold the header's length"); }
        Span<byte> prefix = stackalloc byte[8];
        Fill(source, prefix, where);
        var size = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (size > LargestHeader) { throw Broken(where, $"its header is said to take {size} bytes, more than {LargestHeader}"); }
        if (size < 2) { throw Broken(where, $"its header is said to take {size} bytes, less than the empty object"); }
        if (size > (ulong)(length - 8)) { throw Broken(where, $"its header is said to take {size} bytes; only {length - 8} follow"); }
        var header = new byte[(int)size];
        Fill(source, header, where);
        if (header[0] != (byte)'{') { throw Broken(where, "its header does not begin with '{'"); }
        var end = header.AsSpan().TrimEnd((byte)' ').Length;
        try
        {
            var (entries, metadata) = Parse(header.AsSpan(0, end), where);
            CheckPlaces(entries, length - 8 - (long)size, where);
            return ([.. entries.OrderBy(entry => entry.Begin)], metadata);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            throw Broken(where, "its header is not the JSON that the format asks for", e);
        }
    }

    private static (List<SafetensorsEntry> Entries, ImmutableSortedDictionary<string, string> Metadata) Parse(
        ReadOnlySpan<byte> header, string where)
    {
        var json = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = 4 });
        var entries = new List<SafetensorsEntry>();
        var metadata = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Expect(ref json, JsonTokenType.StartObject, where, "the header");
        while (Next(ref json, where) == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            if (!seen.Add(name)) { throw Broken(where, $"the name '{Short(name)}' stands twice in its header"); }
            if (name == MetadataKey) { metadata = ParseMetadata(ref json, where); }
            else { entries.Add(ParseEntry(ref json, name, where)); }
            if (entries.Count > MostTensors) { throw Broken(where, $"it has more than {MostTensors} tensors"); }
        }
        if (json.Read()) { throw Broken(where, "something follows its header's object"); }
        return (entries, metadata);
    }

    private static ImmutableSortedDictionary<string, string> ParseMetadata(ref Utf8JsonReader json, string where)
    {
        var metadata = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        Expect(ref json, JsonTokenType.StartObject, where, MetadataKey);
        while (Next(ref json, where) == JsonTokenType.PropertyName)
        {
            var key = json.GetString()!;
            Expect(ref json, JsonTokenType.String, where, $"{MetadataKey}.{Short(key)}");
            if (!metadata.TryAdd(key, json.GetString()!)) { throw Broken(where, $"'{Short(key)}' stands twice in {MetadataKey}"); }
        }
        return metadata.ToImmutable();
    }

    private static SafetensorsEntry ParseEntry(ref Utf8JsonReader json, string name, string where)
    {
        if (name.Length is 0 or > LongestName) { throw Broken(where, $"a tensor's name has {name.Length} characters"); }
        string? dtype = null;
        List<long>? shape = null, offsets = null;
        Expect(ref json, JsonTokenType.StartObject, where, Short(name));
        while (Next(ref json, where) == JsonTokenType.PropertyName)
        {
            var field = json.GetString()!;
            switch (field)
            {
                case "dtype" when dtype is null:
                    Expect(ref json, JsonTokenType.String, where, $"{Short(name)}.dtype");
                    dtype = json.GetString()!;
                    break;
                case "shape" when shape is null: shape = ParseNumbers(ref json, LargestRank, $"{Short(name)}.shape", where); break;
                case "data_offsets" when offsets is null:
                    offsets = ParseNumbers(ref json, 2, $"{Short(name)}.data_offsets", where);
                    break;
                case "dtype" or "shape" or "data_offsets": throw Broken(where, $"'{field}' stands twice at tensor '{Short(name)}'");
                default: throw Broken(where, $"tensor '{Short(name)}' has the unknown field '{Short(field)}'");
            }
        }
        if (dtype is null || shape is null || offsets is null)
        {
            throw Broken(where, $"tensor '{Short(name)}' lacks one of dtype, shape, data_offsets");
        }
        return Checked(name, dtype, shape, offsets, where);
    }

    private static SafetensorsEntry Checked(string name, string dtype, List<long> shape, List<long> offsets, string where)
    {
        var element = dtype switch
        {
            "F32" => ElementType.Float32,
            "F64" => ElementType.Float64,
            "I64" => ElementType.Int64,
            "BOOL" => ElementType.Bool,
            _ => throw Broken(where, $"tensor '{Short(name)}' has the dtype '{Short(dtype)}'; F32, F64, I64 and BOOL are read"),
        };
        var count = 1L;
        foreach (var extent in shape)
        {
            if (extent is < 1 or > int.MaxValue) { throw Broken(where, $"tensor '{Short(name)}' has the extent {extent}"); }
            count *= extent;                                  // both factors stay below 2³¹
            if (count > int.MaxValue) { throw Broken(where, $"tensor '{Short(name)}' has more than {int.MaxValue} elements"); }
        }
        if (offsets.Count != 2) { throw Broken(where, $"tensor '{Short(name)}' has {offsets.Count} data_offsets; 2 are needed"); }
        var (begin, end) = (offsets[0], offsets[1]);
        if (begin < 0 || end < begin) { throw Broken(where, $"tensor '{Short(name)}' lies at [{begin}, {end})"); }
        var size = count * element.SizeInBytes();
        if (end - begin != size)
        {
            throw Broken(where, $"tensor '{Short(name)}' takes {end - begin} bytes; its shape and dtype ask for {size}");
        }
        if (size > int.MaxValue) { throw Broken(where, $"tensor '{Short(name)}' takes {size} bytes, more than {int.MaxValue}"); }
        return new(name, new(element, [.. shape.Select(extent => (int)extent)]), begin);
    }

    private static List<long> ParseNumbers(ref Utf8JsonReader json, int most, string what, string where)
    {
        var numbers = new List<long>();
        Expect(ref json, JsonTokenType.StartArray, where, what);
        while (Next(ref json, where) == JsonTokenType.Number)
        {
            numbers.Add(json.TryGetInt64(out var number) ? number : throw Broken(where, $"{what} holds a number that is no integer"));
            if (numbers.Count > most) { throw Broken(where, $"{what} has more than {most} numbers"); }
        }
        return json.TokenType == JsonTokenType.EndArray ? numbers : throw Broken(where, $"{what} holds something that is no number");
    }

    // Without holes, without overlap, from the first byte after the header to the file's last.
    private static void CheckPlaces(List<SafetensorsEntry> entries, long bytes, string where)
    {
        var next = 0L;
        foreach (var entry in entries.OrderBy(entry => entry.Begin))
        {
            var name = Short(entry.Name);
            if (entry.Begin > next) { throw Broken(where, $"bytes {next} to {entry.Begin} before tensor '{name}' belong to none"); }
            if (entry.Begin < next) { throw Broken(where, $"tensor '{name}' overlaps the one before it"); }
            next = entry.Begin + entry.Type.SizeInBytes;
        }
        if (next > bytes) { throw Broken(where, $"its tensors take {next} bytes; {bytes} follow the header: it was cut off"); }
        if (next < bytes) { throw Broken(where, $"{bytes - next} bytes follow the last tensor"); }
    }

    private static JsonTokenType Next(ref Utf8JsonReader json, string where) =>
        json.Read() ? json.TokenType : throw Broken(where, "its header ends too early");

    private static void Expect(ref Utf8JsonReader json, JsonTokenType type, string where, string what)
    {
        if (Next(ref json, where) != type) { throw Broken(where, $"{what} is no {type}"); }
    }

    private static void Fill(Stream source, Span<byte> destination, string where)
    {
        if (source.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) < destination.Length)
        {
            throw Broken(where, "it ended while it was read");
        }
    }

    private static string Short(string text) => text.Length <= 80 ? text : text[..80] + "…";

    internal static GrokException Broken(string where, string rule, Exception? cause = null) => new(
        $"This is no sound safetensors file: {rule}.", "Take it from its source again, or rerun the stage that wrote it.", where,
        ProblemKind.Integrity, cause);
}

/// <summary>What the header says of one tensor.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Type">Element type and shape.</param>
/// <param name="Begin">Its first byte, counted from the end of the header.</param>
public readonly record struct SafetensorsEntry(string Name, TensorType Type, long Begin);
