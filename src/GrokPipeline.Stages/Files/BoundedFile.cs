namespace GrokPipeline.Stages.Files;

/// <summary>Reading files whole that may be anything: larger than they say, or without an end, as a device is.</summary>
internal static class BoundedFile
{
    private const int Piece = 1 << 20;

    /// <summary>The bytes of a file; null when there are more than <paramref name="most"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Most bytes that are taken into memory, below 2 GiB.</param>
    public static byte[]? Read(string path, long most)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        if (file.CanSeek && file.Length > most) { return null; }
        var bytes = new byte[file.CanSeek ? Math.Min(file.Length + 1, most + 1) : Piece];
        var length = 0;
        while (true)
        {
            var read = file.Read(bytes, length, bytes.Length - length);
            length += read;
            if (length > most) { return null; }
            if (read == 0) { return bytes[..length]; }
            if (length == bytes.Length) { Array.Resize(ref bytes, (int)Math.Min(2L * length + Piece, most + 1)); }
        }
    }
}
