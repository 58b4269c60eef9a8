using System.Security.Cryptography;
using System.Text;

namespace GrokPipeline.Runs;

/// <summary>SHA-256 as 64 lower-case hexadecimal digits.</summary>
internal static class FileHash
{
    /// <summary>Digits of a hash.</summary>
    public const int Digits = 64;

    /// <summary>The hash of a file's bytes.</summary>
    public static string Of(string path)
    {
        using var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>The hash of a text's UTF-8 bytes.</summary>
    public static string OfText(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
