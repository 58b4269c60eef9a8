using System.IO.Compression;
using System.Security.Cryptography;

namespace GrokPipeline.Data.Files;

/// <summary>A file of the user's that a dataset reads: found below the pipeline file's folder, bounded, hashed.</summary>
internal sealed class SourceFile
{
    /// <summary>The largest file that is read, 4 GiB.</summary>
    internal const long MostBytes = 4L << 30;

    private string? _hash;

    private SourceFile(string name, string path) => (Name, Path) = (name, path);

    /// <summary>The path as the user gave it, for messages.</summary>
    internal string Name { get; }

    /// <summary>The file.</summary>
    internal string Path { get; }

    /// <summary>SHA-256 of its bytes, as 64 lowercase hexadecimal digits.</summary>
    internal string Hash
    {
        get
        {
            if (_hash is { } known) { return known; }
            using var file = File.OpenRead(Path);
            return _hash = Convert.ToHexStringLower(SHA256.HashData(file));
        }
    }

    /// <summary>Finds a file.</summary>
    /// <param name="folder">Where relative paths start; nothing above it is read.</param>
    /// <param name="path">The path as the user gave it.</param>
    /// <exception cref="GrokException">It leaves the folder, is missing, or is too large.</exception>
    internal static SourceFile Find(string folder, string path)
    {
        if (System.IO.Path.IsPathRooted(path) || path.Split('/', '\\').Contains(".."))
        {
            throw new GrokException(
                $"The path '{path}' leaves the pipeline file's folder.", "Put the file, or a link to it, below that folder.");
        }
        var full = System.IO.Path.Combine(folder, path);
        if (!File.Exists(full))
        {
            var others = System.IO.Path.GetDirectoryName(full) is { } parent && Directory.Exists(parent)
                ? Directory.EnumerateFiles(parent).Select(System.IO.Path.GetFileName).OfType<string>() : [];
            throw new GrokException(
                $"There is no file '{path}'.{Spelling.Suggestion(System.IO.Path.GetFileName(path), others)}",
                "Paths start at the pipeline file's folder.");
        }
        var bytes = new FileInfo(full).Length;
        return bytes <= MostBytes
            ? new SourceFile(path, full)
            : throw new GrokException($"'{path}' has {bytes:N0} bytes.", $"At most {MostBytes:N0} are read: make it smaller.");
    }

    /// <summary>Its bytes, uncompressed when the name ends in <c>.gz</c>.</summary>
    /// <param name="most">More bytes than this are refused.</param>
    /// <exception cref="GrokException">There are more bytes, or the compressed ones are damaged.</exception>
    internal byte[] Read(int most)
    {
        try
        {
            using var stream = Open();
            using var bytes = new MemoryStream();
            var piece = new byte[1 << 16];
            while (stream.Read(piece) is var read and > 0)
            {
                if (bytes.Length + read > most)
                {
                    throw new GrokException($"'{Name}' holds more than {most:N0} bytes.", "It is not the file that was meant.");
                }
                bytes.Write(piece, 0, read);
            }
            return bytes.ToArray();
        }
        catch (InvalidDataException damaged)
        {
            throw Damaged(damaged);
        }
    }

    /// <summary>Its first bytes, uncompressed when the name ends in <c>.gz</c>; fewer where it is shorter.</summary>
    /// <exception cref="GrokException">The compressed bytes are damaged.</exception>
    internal byte[] Begin(int count)
    {
        try
        {
            using var stream = Open();
            var bytes = new byte[count];
            return bytes[..stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false)];
        }
        catch (InvalidDataException damaged)
        {
            throw Damaged(damaged);
        }
    }

    private Stream Open() => Name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
        ? new GZipStream(File.OpenRead(Path), CompressionMode.Decompress) : File.OpenRead(Path);

    private GrokException Damaged(InvalidDataException cause) => new(
        $"'{Name}' cannot be uncompressed: {cause.Message}", "Fetch it again.", kind: ProblemKind.Integrity, cause: cause);
}
