using System.Collections.Frozen;
using System.Collections.Immutable;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace GrokPipeline;

/// <summary>
/// A safetensors file whose tensors are read where they lie, in memory that the system maps to the file: nothing is copied, and what is
/// never looked at is never loaded. The same rules hold as for <see cref="Safetensors.Read(Stream, string)"/>.
/// </summary>
/// <remarks>
/// Spans are valid until <see cref="Dispose"/>. The file must not be cut while it is open: a read behind its new end ends the process, as
/// with every mapped file.
/// </remarks>
public sealed class MappedSafetensors : IDisposable
{
    private readonly FrozenDictionary<string, SafetensorsEntry> _entries;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long _start;
    private readonly string _where;
    private bool _disposed;

    private MappedSafetensors(
        FileStream stream, ImmutableArray<SafetensorsEntry> entries, ImmutableSortedDictionary<string, string> metadata, string where)
    {
        _entries = entries.ToFrozenDictionary(entry => entry.Name, StringComparer.Ordinal);
        (_start, _where, Metadata) = (stream.Position, where, metadata);
        Names = [.. entries.Select(entry => entry.Name).Order(StringComparer.Ordinal)];
        _file = MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, stream.Length, MemoryMappedFileAccess.Read);
    }

    /// <summary>The tensors' names, in ordinal order.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>The file's <c>__metadata__</c>, in ordinal order of keys; empty when it has none.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="GrokException">There is none, or it breaks a rule of the format.</exception>
    public static MappedSafetensors Open(string path)
    {
        if (!File.Exists(path)) { throw new GrokException("there is no such file.", "Name a safetensors file.", path); }
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        try
        {
            var (entries, metadata) = Safetensors.ReadHeader(stream, path);
            var mapped = new MappedSafetensors(stream, entries, metadata, path);
            mapped.CheckTruths();
            return mapped;
        }
        catch
        {
            stream.Dispose();                                 // the mapping keeps its own hold until it is collected
            throw;
        }
    }

    /// <summary>Element type and shape of a tensor.</summary>
    /// <exception cref="GrokException">There is none of that name; the message suggests the nearest.</exception>
    public TensorType TypeOf(string name) => Find(name).Type;

    /// <summary>The elements of a tensor, row-major, in the file's own memory. Allocates nothing.</summary>
    /// <typeparam name="T">The tensor's element: <see langword="float"/>, <see langword="double"/>, <see langword="long"/> or
    /// <see langword="bool"/>.</typeparam>
    /// <param name="name">The tensor.</param>
    /// <returns>Valid until <see cref="Dispose"/>.</returns>
    /// <exception cref="GrokException">
    /// There is none of that name, its elements are of another type, or it begins at a place that is no multiple of their size.
    /// </exception>
    public ReadOnlySpan<T> Read<T>(string name)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var entry = Find(name);
        if (ElementTypes.Of<T>() != entry.Type.Element)
        {
            throw new GrokException(
                $"Tensor '{name}' is {entry.Type}; it was read as {ElementTypes.Of<T>()}.", "Read it with its own element type.", _where);
        }
        if ((_start + entry.Begin) % entry.Type.Element.SizeInBytes() != 0)
        {
            throw new GrokException(
                $"Tensor '{name}' begins at byte {_start + entry.Begin}, no multiple of its element's size.",
                "Read the file with Safetensors.Read, which copies.", _where);
        }
        return MemoryMarshal.Cast<byte, T>(BytesOf(entry));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _view.Dispose();
        _file.Dispose();
    }

    private SafetensorsEntry Find(string name) => _entries.TryGetValue(name, out var entry) ? entry : throw new GrokException(
        $"There is no tensor named '{name}'.{Spelling.Suggestion(name, Names)}",
        $"It has: {string.Join(", ", Names.Take(12))}{(Names.Length > 12 ? ", …" : "")}.", _where);

    private unsafe ReadOnlySpan<byte> BytesOf(SafetensorsEntry entry)
    {
        var place = (byte*)_view.SafeMemoryMappedViewHandle.DangerousGetHandle() + _view.PointerOffset + _start + entry.Begin;
        return new(place, (int)entry.Type.SizeInBytes);       // the header's rules: inside the file, and below 2 GiB
    }

    private void CheckTruths()
    {
        foreach (var entry in _entries.Values.Where(entry => entry.Type.Element == ElementType.Bool))
        {
            if (BytesOf(entry).ContainsAnyExceptInRange((byte)0, (byte)1))
            {
                throw Safetensors.Broken(_where, $"tensor '{entry.Name}' is BOOL and holds a byte that is neither 0 nor 1");
            }
        }
    }
}
